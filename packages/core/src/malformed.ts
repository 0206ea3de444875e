import { OllamaError } from '@millrace/errors';

/** An answer that is not what the endpoint gives, such as the sign-in page of a proxy; its start is shown. */
export function malformed(where: string, wanted: string, text: string, cause?: unknown): OllamaError {
  const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new OllamaError('LINE_MALFORMED', `${where}: the answer is not ${wanted}: ${start}`, {}, { cause });
}
