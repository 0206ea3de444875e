import { open } from 'node:fs/promises';
import { checkReplaceable } from './check-replaceable.ts';
import { saveError } from './growing-file.ts';
import { replaceFile } from './replace-file.ts';

/** A file that belongs to a run is not known by that: it would be another run's. */
const nothingKnown = { hasWritten: () => false };

/**
 * Writes results to a file, all or nothing. One that is there must have been written by Millrace.
 *
 * @throws {MillraceError} `SAVE_FAILED`, and what the lines throw; what was there before is still there.
 */
export async function replaceResults(path: string, lines: Iterable<string>): Promise<void> {
  await checkReplaceable(path, nothingKnown).catch((cause: unknown) => Promise.reject(saveError(path, cause)));
  await replaceFile(path, async (beside) => {
    const file = await open(beside, 'wx');
    try {
      for (const some of lines) await file.appendFile(some);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}
