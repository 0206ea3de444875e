import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../wire/request-error.ts';
import { sendJson, sendLine, sendText } from './answers.ts';
import { guard } from './guard.ts';

/** Answers one request. @param signal Aborted when the client is gone or the server closes. */
export type Handler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void> | void;

/** Handlers by path, then by method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Answers a request by its path and method; whatever goes wrong becomes an error answer. */
export function createRouter(routes: Routes): Handler {
  return async (request, response, signal) => {
    if (!guard(request, response)) return;
    const methods = lookUp(routes, (request.url ?? '/').replace(/[?#].*$/s, ''));
    const handler = methods && lookUp(methods, request.method ?? '');
    if (methods === undefined) return sendText(response, 404, 'text/plain', '404 page not found');
    if (handler === undefined) {
      response.setHeader('allow', Object.keys(methods).join(', '));
      return sendText(response, 405, 'text/plain', '405 method not allowed');
    }
    try {
      await handler(request, response, signal);
    } catch (error) {
      if (!signal.aborted) await sendError(response, error, signal);
    }
  };
}

function lookUp<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Before the first byte an error has its status; after it, it is the last line of the stream. */
async function sendError(response: ServerResponse, error: unknown, signal: AbortSignal): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const status = error instanceof RequestError ? error.status : 500;
  if (!response.headersSent) {
    if (status === 413) response.setHeader('connection', 'close');
    return sendJson(response, status, { error: message });
  }
  await sendLine(response, { error: message }, signal);
  response.end();
}
