import type { IncomingMessage } from 'node:http';
import { OllamaError } from '@millrace/errors';
import { readErrorBody } from './error-body.ts';
import { proxyHint } from './exchange-errors.ts';
import type { MessageOrigin } from './messages.ts';
import type { RunningClocks } from './running-clocks.ts';
import { serverError } from './server-errors.ts';

/** More of an error page is not read. */
const maxErrorBytes = 1024 * 1024;

/** Reads an answer that is no success, and reports the error it means, also where its body is cut, huge or empty. */
export function readRefusal(
  response: IncomingMessage,
  origin: MessageOrigin,
  clocks: RunningClocks,
  report: (error: OllamaError) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (): void => report(refusal(response, origin, Buffer.concat(chunks, size).toString()));
  response.on('data', (chunk: Buffer) => {
    clocks.received();
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxErrorBytes) finish();
  });
  response.on('end', finish);
  response.on('error', finish);
}

function refusal(response: IncomingMessage, { where, model }: MessageOrigin, body: string): OllamaError {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if (status < 400 && location !== undefined) return redirected(where, status, location);
  if (status === 407) return refusedByProxy(where);
  return serverError({ where, status, model, report: readErrorBody(body) });
}

function refusedByProxy(where: string): OllamaError {
  const details = { status: 407, kind: 'proxy_refused' };
  const message = `${where} answered 407: the proxy wants a name and a password.`;
  return new OllamaError('OLLAMA_UNREACHABLE', message, details, { hint: proxyHint, retry: null });
}

// A redirect is not followed: it would carry the prompt and the key to where nobody sent them.
function redirected(where: string, status: number, location: string): OllamaError {
  const details = { status, kind: 'redirected' };
  return new OllamaError('ROUTE_NOT_FOUND', `${where} answered ${status}: it moved to ${location}`, details, {
    hint: 'If you trust that address, use it as the base URL.',
  });
}
