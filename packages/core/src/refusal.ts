import { OllamaError, type OllamaErrorDetails } from '@millrace/errors';
import { readErrorBody } from './error-body.ts';
import { proxyHint } from './exchange-errors.ts';
import type { MessageOrigin } from './messages.ts';
import { retryAfterMs } from './retry-after.ts';
import { serverError } from './server-errors.ts';

/** More of an error page is not read. */
export const maxErrorBytes: number = 1024 * 1024;

/** The head of an answer that is no success. */
export interface RefusalHead {
  /** 0 where a browser does not show it, which is so for a redirect. */
  readonly status: number;
  /** Where the answer says to look instead. */
  readonly location?: string | undefined;
  /** The header `Retry-After`. */
  readonly retryAfter?: string | undefined;
  /** The header `Date`. */
  readonly date?: string | undefined;
}

/** What is known of an answer that is no success, whatever it says. */
type Known = Pick<OllamaErrorDetails, 'status' | 'retryAfterMs'>;

/** The error that an answer means which is no success. */
export function refusal(head: RefusalHead, { where, model }: MessageOrigin, body: string): OllamaError {
  const { status, location } = head;
  const wait = retryAfterMs(head.retryAfter, head.date);
  const known: Known = { ...(status !== 0 && { status }), ...(wait !== undefined && { retryAfterMs: wait }) };
  if (status < 400 && location !== undefined) return redirected(where, location, known);
  if (status === 407) return refusedByProxy(where, known);
  return serverError({ where, status, retryAfterMs: wait, model, report: readErrorBody(body) });
}

function refusedByProxy(where: string, known: Known): OllamaError {
  const details = { ...known, kind: 'proxy_refused' };
  const message = `${where} answered 407: the proxy wants a name and a password.`;
  return new OllamaError('OLLAMA_UNREACHABLE', message, details, { hint: proxyHint, retry: null });
}

// A redirect is not followed: it would carry the prompt and the key to where nobody sent them.
function redirected(where: string, location: string, known: Known): OllamaError {
  const { status } = known;
  const details = { ...known, kind: 'redirected' };
  const said = status === undefined ? 'redirects' : `answered ${status}: it moved`;
  return new OllamaError('ROUTE_NOT_FOUND', `${where} ${said} to ${location}`, details, {
    hint: 'If you trust that address, use it as the base URL.',
  });
}
