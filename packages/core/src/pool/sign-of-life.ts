import { isMillraceError, type MillraceError, type OllamaErrorDetails } from '@millrace/errors';

/**
 * What the outcome of a call says of the host. `alive`: it answered, were it with an error. `gone`: nobody is there.
 * `accident`: the connection broke or did not open, which may be chance. `nothing`: all else, such as a queue that is full.
 */
export type SignOfLife = 'alive' | 'gone' | 'accident' | 'nothing';

/** Reads the outcome of a call: its error, or undefined where it went well. */
export function signOfLife(error: unknown): SignOfLife {
  if (error === undefined) return 'alive';
  if (!isMillraceError(error)) return 'nothing';
  const { kind, serverMessage } = detailsOf(error);
  switch (error.code) {
    case 'OLLAMA_UNREACHABLE':
      if (serverMessage !== undefined) return isPage(serverMessage) ? 'accident' : 'alive';
      return error.retry === null || isGone(error.cause) ? 'gone' : 'accident';
    case 'TIMED_OUT':
      return kind === 'connectMs' || kind === 'idleMs' ? 'accident' : 'nothing';
    case 'STREAM_TRUNCATED':
      return error.cause === undefined ? 'nothing' : 'accident';
    case 'OLLAMA_BUSY':
      return 'nothing';
    default:
      return serverMessage === undefined ? 'nothing' : 'alive';
  }
}

/** What is known of an error of a call; by its shape, since it may come with another copy of the errors. */
export const detailsOf = (error: MillraceError): OllamaErrorDetails =>
  (error as { readonly details?: OllamaErrorDetails }).details ?? {};

// 502 is what Ollama says when its cloud is out of reach, and what a proxy says, on a page, when Ollama is.
const isPage = (message: string): boolean => message.trimStart().startsWith('<');

const isGone = (cause: unknown): boolean => {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENOTFOUND)$/.test(code);
};
