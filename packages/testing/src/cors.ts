import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

const localOrigin =
  /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?|(app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/i;

/** Whether Ollama lets a page of this origin in, without a setting. */
export const isLocalOrigin = (origin: string): boolean => localOrigin.test(origin);

/** The headers of an answer that let the page read it which asked; none where no page did, or a foreign one. */
export const corsHeaders = ({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  origin === undefined || !isLocalOrigin(origin) ? {} : { 'access-control-allow-origin': origin };

/** What Ollama lets a page send. */
const allowedHeaders =
  'Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout';

/** What Ollama tells a browser that asks whether a page may send a request. */
export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-headers': allowedHeaders,
  'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
  'access-control-max-age': '43200',
  vary: 'Access-Control-Request-Headers',
};

/** Lets a page send what it wants to. */
export function allowAll(headers: IncomingHttpHeaders, response: ServerResponse): void {
  const wanted = headers['access-control-request-headers'];
  const more = wanted === undefined ? {} : { 'access-control-allow-headers': wanted };
  response.writeHead(204, { ...preflightHeaders, ...corsHeaders(headers), ...more }).end();
}
