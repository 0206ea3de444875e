import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAllowedHost } from './allowed-host.ts';
import { isAllowedOrigin, isSameOrigin } from './allowed-origin.ts';
import { sendEmpty } from './answers.ts';

const preflight = {
  'access-control-allow-headers':
    'Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout',
  'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
  'access-control-max-age': '43200',
  vary: 'Access-Control-Request-Headers',
};

/** Refuses foreign origins and hosts and answers preflights; true where the request may go on. */
export function guard(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, host } = request.headers;
  const foreign = origin !== undefined && !isSameOrigin(origin, host);
  if ((foreign && !isAllowedOrigin(origin)) || !isAllowedHost(host)) {
    sendEmpty(response, 403);
    return false;
  }
  if (!foreign) return true;
  response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS') return true;
  response.writeHead(204, preflight).end();
  return false;
}
