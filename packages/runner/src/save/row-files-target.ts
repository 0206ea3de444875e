import { readFile, rm, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Journal } from '../journal/open-journal.ts';
import type { RunJournal } from '../journal/run-journal.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { rowFilePath, rowFileText, writeRowFile } from './row-file.ts';
import type { EndedRecord } from './saved-lines.ts';
import type { Target } from './target.ts';

/** Files that are written at once, at most. */
const atOnce = 8;

/**
 * A file of its own for each row, written when the row ends. Files of rows that are no longer in the input are removed when the run is
 * done: only those that the journal knows.
 *
 * @param pattern Absolute, with `${key}` in the name.
 * @param field The one that the files hold; default: the only one, or all of them.
 */
export function openRowFiles(pattern: string, journal: Journal, run: RunJournal, field: string | undefined): Target {
  const writing = new Set<Promise<void>>();
  let failure: unknown;

  const write = async ({ key, result }: EndedRecord): Promise<void> => {
    if (key === null || result === null) return;
    run.refuseIfFailed();
    const path = rowFilePath(pattern, key);
    const bytes = Buffer.from(rowFileText(result, field));
    // One that holds this already may be of a process that was killed before it was noted.
    const isKnown =
      run.file(path) !== undefined || (await readFile(path).catch(() => undefined))?.equals(bytes) === true;
    if (!isKnown) await checkReplaceable(path, journal);
    await writeRowFile(path, result, field);
    const { mtimeMs } = await stat(path);
    run.putFile(
      path,
      { pass: run.pass, length: bytes.length, checksum: crc32(bytes), next: 0, modified: mtimeMs },
      true,
    );
  };
  const settled = async (count: number): Promise<void> => {
    while (writing.size > count) await Promise.race(writing);
    if (failure !== undefined) throw failure;
  };

  return {
    began: () => {},
    parked: () => {},
    nextStage: () => {},
    ended: (record) => {
      const written: Promise<void> = write(record)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => writing.delete(written));
      writing.add(written);
    },
    room: () => settled(atOnce - 1),
    close: async (isDone) => {
      await settled(0);
      if (!isDone) return;
      await run.committed();
      for (const { path, pass } of run.filesOfRows()) {
        if (pass === run.pass) continue;
        await rm(path, { force: true });
        run.forgetFile(path);
      }
    },
  };
}
