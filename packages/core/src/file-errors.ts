import { OllamaError } from '@millrace/errors';
import { badRequest } from './exchange-errors.ts';

const missing: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

/** A file that belongs to a request cannot be read: it is not there, something keeps it, or what was given names no file. */
export function unreadableFile(where: string, cause: unknown): OllamaError {
  const { code, name, message } = cause as Error & { readonly code?: unknown };
  if (name === 'TypeError') return badRequest(where, cause); // by its name: it may come from another realm
  const found = !missing.includes(code) && name !== 'NotFoundError'; // what a browser says of a `File`
  return new OllamaError(found ? 'FILE_UNREADABLE' : 'FILE_NOT_FOUND', `${where}: ${message}`, {}, { cause });
}
