import { dirname } from 'node:path';
import { isMillraceError, MillraceError } from '@millrace/errors';

/** What SQLite or the file system says, as an error of the journal. */
export function journalError(path: string, cause: unknown): MillraceError {
  if (isMillraceError(cause)) return cause;
  const { message } = cause as Error;
  const name = path === '' ? 'The journal' : `The journal \`${path}\``;
  if (isDamaged(message) || cause instanceof SyntaxError) {
    return new MillraceError('JOURNAL_CORRUPT', `${name} cannot be read: ${message}.`, {
      cause,
      hint: `Move it away (\`mv ${path} ${path}.damaged\`), and run the command again; files that were saved stay as they are.`,
    });
  }
  if (isFull(message, cause)) {
    return new MillraceError('JOURNAL_UNUSABLE', `${name} cannot be written: the disk is full.`, {
      cause,
      hint: 'Free some space, and run the same command again: it goes on where it stopped.',
    });
  }
  if (['EEXIST', 'ENOTDIR'].includes(codeOf(cause))) {
    return new MillraceError('JOURNAL_UNUSABLE', `${name} cannot be made: \`${dirname(path)}\` is no folder.`, {
      cause,
      hint: 'Move away what is there in the place of the folder, or name another with `--journal`; then run the same command again.',
    });
  }
  return new MillraceError('JOURNAL_UNUSABLE', `${name} cannot be used: ${message}.`, { cause });
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** True where another process holds the database, and trying again will do. */
export const isLocked = (error: unknown): boolean => /database is (locked|busy)/.test((error as Error).message);

const isDamaged = (message: string): boolean => /not a database|malformed|file is encrypted|corrupt/i.test(message);

/** True where the place of a database may not be written. */
export const isReadOnly = (error: unknown): boolean =>
  /readonly database|unable to open database file/.test((error as Error).message);

/** True where there is no room for more. */
export const isFull = (message: string, cause: unknown): boolean =>
  /database or disk is full/.test(message) || ['ENOSPC', 'EDQUOT'].includes(codeOf(cause));

/** The same function, whose errors are those of the journal. @param path Of the journal. */
export const told =
  <Input extends readonly unknown[], Output>(path: string, ask: (...input: Input) => Output) =>
  (...input: Input): Output => {
    try {
      return ask(...input);
    } catch (error) {
      throw journalError(path, error);
    }
  };
