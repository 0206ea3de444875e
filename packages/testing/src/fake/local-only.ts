import type { IncomingHttpHeaders } from 'node:http';

const localHost =
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|10\.[\d.]+|192\.168\.[\d.]+|[^:]+\.(localhost|local|internal))?(:\d+)?$/i;
const localOrigin =
  /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?|(app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/i;

/** Whether a real server that listens on loopback would let a request in; else it answers 403 with an empty body. */
export function isLocal({ host = '', origin }: IncomingHttpHeaders): boolean {
  return localHost.test(host) && (origin === undefined || localOrigin.test(origin));
}
