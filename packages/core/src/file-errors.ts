import { OllamaError } from '@millrace/errors';
import { badRequest } from './exchange-errors.ts';

/** A file that belongs to a request cannot be read: it is not there, or something else is the matter. */
export function unreadableFile(where: string, cause: unknown): OllamaError {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: string };
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return badRequest(where, cause);
  return new OllamaError('FILE_NOT_FOUND', `${where}: ${message}`, {}, { cause });
}
