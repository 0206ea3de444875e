import { OllamaError } from '@millrace/errors';
import { readErrorBody } from './error-body.ts';
import { proxyHint } from './exchange-errors.ts';
import type { MessageOrigin } from './messages.ts';
import { serverError } from './server-errors.ts';

/** More of an error page is not read. */
export const maxErrorBytes: number = 1024 * 1024;

/** The head of an answer that is no success. */
export interface RefusalHead {
  /** 0 where a browser does not show it, which is so for a redirect. */
  readonly status: number;
  /** Where the answer says to look instead. */
  readonly location?: string | undefined;
}

/** The error that an answer means which is no success. */
export function refusal({ status, location }: RefusalHead, { where, model }: MessageOrigin, body: string): OllamaError {
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
  const details = { kind: 'redirected', ...(status !== 0 && { status }) };
  const said = status === 0 ? 'redirects' : `answered ${status}: it moved`;
  return new OllamaError('ROUTE_NOT_FOUND', `${where} ${said} to ${location}`, details, {
    hint: 'If you trust that address, use it as the base URL.',
  });
}
