import type { Environment } from '@marcbachmann/cel-js';
import { MillraceError } from '@millrace/errors';

/**
 * Reads the text of a file that an expression names, seen from the workflow file. Synchronous, as expressions are.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `PATH_REFUSED`.
 */
export type ReadText = (path: string) => string;

/** Adds `file(path)`. */
export const registerFile = (environment: Environment, readText: ReadText = noFiles): Environment =>
  environment.registerFunction('file(string): string', readText);

function noFiles(path: string): never {
  const hint = 'Put the text into the workflow, or run it where it lies in a folder.';
  throw new MillraceError('FILE_UNREADABLE', `\`${path}\` cannot be read: there are no files here.`, { hint });
}
