import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMillraceError, MillraceError } from '@millrace/errors';

/**
 * Makes a file under another name beside its place, and moves it there when it is whole: nobody sees a part of it.
 *
 * @param write Must have closed the file when it resolves, and synced it where it should survive a power cut.
 * @throws {MillraceError} `SAVE_FAILED`; what was there before is still there.
 */
export async function replaceFile(path: string, write: (beside: string) => Promise<void>): Promise<void> {
  // A name of its own length, since that of the file may be as long as names can be.
  const name = createHash('sha256').update(path).digest('hex').slice(0, 16);
  const beside = join(dirname(path), `.millrace-${name}.tmp-${process.pid}`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await rm(beside, { force: true }); // of a process that was killed
    await write(beside);
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => {}); // the first error is the one that says why
    if (isMillraceError(cause)) throw cause;
    throw new MillraceError('SAVE_FAILED', `\`${path}\` cannot be written: ${(cause as Error).message}`, { cause });
  }
}
