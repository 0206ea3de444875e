import { OllamaError } from '@millrace/errors';

/** No answer came: refused, reset, unknown host, or something that does not speak HTTP. */
export function unreachable(where: string, cause: Error): OllamaError {
  return new OllamaError('OLLAMA_UNREACHABLE', `${where}: no answer (${reasonOf(cause)}).`, {}, { cause });
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

// Where every address of a name was tried, the error that Node gives has a code and an empty message.
function reasonOf(cause: Error): string {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return cause.message || code || cause.name;
}
