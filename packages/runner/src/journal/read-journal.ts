import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { closeDatabase, type Database } from './database.ts';
import { type ExportOptions, exportRun } from './export-run.ts';
import { isReadOnly, journalError, told } from './journal-error.ts';
import { findRun, type ListedRun, type ListOptions, listRuns } from './list-runs.ts';
import { hasTables } from './migrations.ts';
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
  /** All that is known of a run but its rows. @throws {MillraceError} `RUN_NOT_FOUND`. */
  show(id: string): ShownRun;
  /**
   * All that is known of a row, or of a group of a reduce.
   *
   * @param key As in the results; of a row that could not be read its place, such as `line 17`.
   * @throws {MillraceError} `RUN_NOT_FOUND`, `USAGE_INVALID` where there is no such row.
   */
  row(id: string, key: string): ShownRow;
  /** The results, or the failed rows, as lines in the order of the input; some at a time. */
  export(id: string, options: ExportOptions): Generator<string>;
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
      show: told(path, (id) => showRun(opened, id)),
      row: told(path, (id, key) => showRow(opened, id, key)),
      export: (id, options) => eachTold(path, exported(id, options)),
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
