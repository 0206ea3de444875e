import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMillraceError } from '@millrace/errors';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { journalError } from './journal-error.ts';
import { migrate } from './migrations.ts';
import { whenFree } from './when-free.ts';

/** An open SQLite database. */
export type Database = DatabaseSyncInstance;

/** Waiting for another process's commit blocks this one too, so it is short; a group that did not get through is tried again. */
const waitMs = 250;

/**
 * Opens the database of a journal, making it and its folder where they are not there.
 *
 * @param path Absolute; empty for one that lives as long as it is open.
 * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`.
 */
export async function openDatabase(path: string): Promise<Database> {
  let database: Database | undefined;
  try {
    if (path !== '') await makeFolder(dirname(path));
    // Few commands need it, and it takes a while to load.
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const opened = new DatabaseSync(path, { timeout: waitMs });
    database = opened;
    // Another process may be making the same tables.
    await whenFree(() => {
      // What a commit wrote outlives the process; an outage of the machine may undo the last commits, but never in part.
      opened.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000');
      migrate(opened, path);
    });
    return opened;
  } catch (error) {
    database?.close();
    throw isMillraceError(error) ? error : journalError(path, error);
  }
}

/**
 * Closes a database, with all that is in it in its one file where no other process has it open.
 *
 * SQLite does this by itself when the last statement is gone, and `@photostructure/sqlite` lets statements go only with the garbage.
 */
export function closeDatabase(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // What is committed is in the file beside it, and is found there.
  } finally {
    database.close();
  }
}

/** Nobody else's business, and nothing for a repository. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
