import { OllamaError } from '@millrace/errors';
import { badRequest } from './exchange-errors.ts';

/** A file that belongs to a request cannot be read. */
export function unreadableFile(where: string, cause: unknown): OllamaError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return badRequest(where, cause);
  return new OllamaError('FILE_NOT_FOUND', `${where}: ${(cause as Error).message}`, {}, { cause });
}
