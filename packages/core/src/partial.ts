import { isMillraceError, OllamaError, type PartialAnswer } from '@millrace/errors';

/** The same error with the text that had arrived; an error that is not an `OllamaError`, and no text, change nothing. */
export function withPartial(error: unknown, partial: PartialAnswer): unknown {
  if (!isMillraceError(error) || !(error instanceof OllamaError)) return error;
  if (error.details.partial !== undefined || (partial.text === '' && partial.thinking === '')) return error;
  const { code, message, details, hint, retry, cause } = error;
  return new OllamaError(
    code,
    message,
    { ...details, partial },
    { hint, retry, ...(cause !== undefined && { cause }) },
  );
}
