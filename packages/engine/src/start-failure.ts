import { MillraceError } from '@millrace/errors';

/** Says why an engine did not start, from whatever was thrown on the way. */
export function startFailure(error: unknown, host: string, port: number): MillraceError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return failed(`Port ${port} of ${host} is taken.`, error, 'Choose another port, or 0 for any free one.');
  }
  if (code === 'EACCES') return failed(`Port ${port} may not be used.`, error, 'Choose a port above 1023.');
  const reason = error instanceof Error ? error.message : String(error);
  const name = error instanceof Error ? error.name : '';
  if (name === 'NoBinaryFoundError' || code === 'ERR_MODULE_NOT_FOUND') {
    const hint = 'Install again without leaving out optional packages, or use an Ollama server on this system.';
    return failed('There is no llama.cpp for this system.', error, hint);
  }
  return failed(`The engine did not start: ${reason}`, error, 'Check the model files: each must be a complete GGUF.');
}

/** The error of an engine, with what to do next. */
export function failed(message: string, cause: unknown, hint: string): MillraceError {
  return new MillraceError('ENGINE_FAILED', message, { ...(cause === undefined ? {} : { cause }), hint });
}
