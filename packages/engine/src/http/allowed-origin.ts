const schemes = /^(app|file|tauri|vscode-webview|vscode-file):\/\//;
const local = /^https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$/;

/** Whether a page of this origin may use the server: pages of this machine and desktop applications. */
export function isAllowedOrigin(origin: string): boolean {
  return local.test(origin) || schemes.test(origin);
}

/** Whether the page came from this very server: then no rule about other origins applies. */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}
