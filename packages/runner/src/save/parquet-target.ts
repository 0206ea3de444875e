import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Journal } from '../journal/open-journal.ts';
import type { RunJournal } from '../journal/run-journal.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { type SavedRow, writeParquet } from './parquet-file.ts';
import type { ParquetColumn } from './parquet-types.ts';
import type { Target } from './target.ts';

/** What is in a Parquet file. */
export interface ParquetTargetOptions {
  readonly run: RunJournal;
  /** Empty for rows, else the reduce whose groups they are. */
  readonly step: string;
  readonly order: 'input' | 'completion';
  readonly columns: readonly ParquetColumn[];
}

/**
 * A Parquet file of rows, or of groups. It is written from the journal when the run ends, however it ends: its format knows no file that grows.
 *
 * @throws {MillraceError} `SAVE_FAILED`.
 */
export async function openParquetTarget(
  path: string,
  journal: Journal,
  options: ParquetTargetOptions,
): Promise<Target> {
  const { run, columns } = options;
  await checkReplaceable(path, journal);
  return {
    began: () => {},
    parked: () => {},
    nextStage: () => {},
    ended: () => {},
    room: async () => {},
    close: async () => {
      await run.committed();
      await writeParquet(path, columns, () => savedRows(options));
      const { size, mtimeMs } = await stat(path);
      const checksum = await checksumOf(path);
      run.putFile(path, { pass: run.pass, length: size, checksum, next: 0, modified: mtimeMs });
    },
  };
}

/** How many rows of the journal are in memory at once. */
const chunk = 1000;

function* savedRows({ run, step, order }: ParquetTargetOptions): Generator<SavedRow> {
  let next = 0;
  for (;;) {
    const rows = run.endedFrom(step, order, next, chunk);
    for (const { key, place, result } of rows)
      if (result !== null) yield { key: step === '' ? (key ?? place) : place, json: result };
    const last = rows.at(-1);
    if (!last) return;
    next = (order === 'input' ? last.position : (last.sequence ?? next)) + 1;
  }
}

async function checksumOf(path: string): Promise<number> {
  let checksum = 0;
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) checksum = crc32(bytes, checksum);
  return checksum;
}
