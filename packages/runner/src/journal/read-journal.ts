import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { countAll, type JournalCounts } from './count-all.ts';
import { closeDatabase, type Database } from './database.ts';
import { createEndedRows, type EndedPage } from './ended-rows.ts';
import { type ExportOptions, exportRun } from './export-run.ts';
import { isReadOnly, journalError, told } from './journal-error.ts';
import { findRun, type ListedRun, type ListOptions, listRuns } from './list-runs.ts';
import { hasTables } from './migrations.ts';
import { createRowPages, type RowPage, type RowPageOptions } from './page-rows.ts';
import { pageRuns, type RunPage, type RunPageOptions } from './page-runs.ts';
import { type ShownRow, showRow } from './show-row.ts';
import { type ShownRun, showRun } from './show-run.ts';

/** What a journal knows of its runs. Nothing is changed through it. */
export interface JournalReader {
  /** Newest first. */
  list(options?: ListOptions): readonly ListedRun[];
  /**
   * @param word An id, its unique beginning, its last part, or `last` for the newest.
   * @throws {MillraceError} `RUN_NOT_FOUND`, with the ids that are near.
   */
  find(word: string): ListedRun;
  /** Some runs, newest first. */
  runs(options: RunPageOptions): RunPage;
  /**
   * All that is known of a run but its rows.
   *
   * @param maxFailures So many failed rows and groups are looked at for the causes. Default: all.
   * @throws {MillraceError} `RUN_NOT_FOUND`.
   */
  show(id: string, maxFailures?: number): ShownRun;
  /** Some rows, or groups of a reduce, in the order of the input. @throws {MillraceError} `RUN_NOT_FOUND`. */
  rows(id: string, options: RowPageOptions): RowPage;
  /**
   * Some rows and groups in the order in which they ended.
   *
   * @param after Those behind this sequence; -1 for the first ones.
   * @param maxBytes The page ends earlier where its rows are long, with one row at least.
   * @throws {MillraceError} `RUN_NOT_FOUND`.
   */
  ended(id: string, after: number, maxBytes: number): EndedPage;
  /**
   * All that is known of a row, or of a group of a reduce.
   *
   * @param key As in the results; of a row that could not be read its place, such as `line 17`.
   * @throws {MillraceError} `RUN_NOT_FOUND`, `USAGE_INVALID` where there is no such row.
   */
  row(id: string, key: string): ShownRow;
  /** The results, or the failed rows, as lines in the order of the input; some at a time. */
  export(id: string, options: ExportOptions): Generator<string>;
  /** Figures of all runs. @param now Milliseconds since 1970. */
  counts(now: number): JournalCounts;
  close(): void;
}

/** Another process commits for a moment only. */
const waitMs = 5_000;

/**
 * Opens a journal to read it.
 *
 * @returns undefined where there is none; nothing is made then.
 * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`; the last two from the reading as well.
 */
export async function readJournal(path: string): Promise<JournalReader | undefined> {
  let database: Database | undefined;
  try {
    if (!(await isThere(path))) return undefined;
    const opened = await openToRead(path);
    database = opened;
    if (!hasTables(opened, path)) {
      opened.close();
      return undefined;
    }
    const exported = told(path, (id: string, options: ExportOptions) => exportRun(opened, id, options));
    return {
      list: told(path, (options) => listRuns(opened, options)),
      find: told(path, (word) => findRun(opened, word)),
      runs: told(path, (options) => pageRuns(opened, options)),
      show: told(path, (id, maxFailures) => showRun(opened, id, maxFailures)),
      rows: told(path, createRowPages(opened)),
      ended: told(path, createEndedRows(opened)),
      row: told(path, (id, key) => showRow(opened, id, key)),
      export: (id, options) => eachTold(path, exported(id, options)),
      counts: told(path, (now) => countAll(opened, now)),
      close: () => closeDatabase(opened),
    };
  } catch (error) {
    database?.close();
    throw journalError(path, error);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    // Of no bytes: another process is about to make it.
    return (await stat(path)).size > 0;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** SQLite makes files beside a journal to read it; where a folder does not allow that, nobody writes to the journal. */
async function openToRead(path: string): Promise<Database> {
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.prepare('PRAGMA user_version').get();
    return database;
  } catch (error) {
    database.close();
    if (!isReadOnly(error) || (await isThere(`${path}-wal`))) throw error;
    return new DatabaseSync(`${pathToFileURL(path)}?immutable=1`, { readOnly: true });
  }
}

function* eachTold<Item>(path: string, items: Generator<Item>): Generator<Item> {
  const next = told(path, () => items.next());
  for (let item = next(); !item.done; item = next()) yield item.value;
}
