import { OllamaError } from '@millrace/errors';

/** No answer came: refused, reset, unknown host, a proxy or certificate in the way, or something that speaks no HTTP. */
export function unreachable(where: string, cause: Error): OllamaError {
  const hint = hintFor(codeOf(cause) ?? '');
  const retry = hint === undefined ? {} : { hint, retry: null };
  return new OllamaError('OLLAMA_UNREACHABLE', `${where}: no answer (${reasonOf(cause)}).`, {}, { cause, ...retry });
}

/** The connection broke while the answer was coming. */
export function brokenOff(where: string, cause: Error): OllamaError {
  const message = `${where}: the connection broke in the middle of the answer (${reasonOf(cause)}).`;
  return new OllamaError('STREAM_TRUNCATED', message, {}, { cause });
}

/** The request could not be written: a body that is no JSON, a header with a line break. */
export function badRequest(where: string, cause: unknown): OllamaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = 'Check the fields of the request and the headers of the client.';
  return new OllamaError('BAD_REQUEST', `${where}: the request cannot be written: ${reason}`, {}, { cause, hint });
}

/** What a proxy needs that refuses. */
export const proxyHint = 'Check the URL of the proxy, with its name and password, and whether it may reach the server.';

// Failures that come again with the same call, and what helps against them.
function hintFor(code: string): string | undefined {
  if (code === 'ERR_PROXY_REFUSED') return proxyHint;
  if (/CERT|ISSUER|SIGNATURE|ALTNAME/.test(code)) return 'Give the client the CA of the server: `tls: { ca }`.';
  return undefined;
}

const codeOf = (cause: Error): string | undefined =>
  'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;

// Where every address of a name was tried, the error that Node gives has a code and an empty message.
const reasonOf = (cause: Error): string => cause.message || codeOf(cause) || cause.name;
