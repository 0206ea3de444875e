import { MillraceError } from '@millrace/errors';
import type { Journal } from '../journal/open-journal.ts';
import { isOwnFile } from '../paths/is-own-file.ts';

/** @throws {MillraceError} `SAVE_FAILED` where there is a file that Millrace did not write. */
export async function checkReplaceable(path: string, journal: Pick<Journal, 'hasWritten'>): Promise<void> {
  if (journal.hasWritten(path) || (await isOwnFile(path))) return;
  throw new MillraceError('SAVE_FAILED', `\`${path}\` exists and was not written by Millrace, so it is not replaced.`, {
    hint: 'Name another file, or remove this one.',
  });
}
