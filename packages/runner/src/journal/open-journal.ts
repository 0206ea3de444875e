import type { RunEnd } from '../events.ts';
import { type BegunRun, beginRun, latestOf, type RunAsk, type StoredRun } from './begin-run.ts';
import { transact } from './commit-group.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { createFileTable } from './file-table.ts';
import { journalError, told } from './journal-error.ts';
import { isHeld } from './lease.ts';
import { createRowTable } from './row-table.ts';
import { createRunJournal, type RunJournal } from './run-journal.ts';
import { whenFree } from './when-free.ts';

/** A run as the journal has it. */
export interface LatestRun extends Pick<RunJournal, 'id' | 'pass' | 'file' | 'filesOfRows' | 'find'> {
  readonly status: StoredRun['status'];
  readonly passKey: string;
  /** A process works on it now. */
  readonly isInWork: boolean;
  /** How it ended, where it did. */
  readonly ended: RunEnd | undefined;
  /** Digests by model. */
  readonly models: Readonly<Record<string, string>>;
}

/** Where runs are kept, so that what was answered once is never asked again. */
export interface Journal {
  /** The file; empty for a journal that ends when it is closed. */
  readonly path: string;
  /**
   * Continues the run that the ask means, or begins one, and holds it for this process.
   *
   * @throws {MillraceError} `RUN_BUSY` where another process works on it, or on a file that it writes; `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`.
   */
  begin(ask: RunAsk): Promise<RunJournal>;
  /** The run that an ask of this identity would continue, as it is now. @param due As in the ask. */
  latest(identity: string, due?: number): LatestRun | undefined;
  /** Whether a run has written this file, so that another may replace it. */
  hasWritten(path: string): boolean;
  /** The runs that are held should have been released. */
  close(): void;
}

/**
 * Opens a journal, making it where it is not there.
 *
 * @param path Absolute, as `findJournal` finds it; empty for one that is gone when it is closed.
 * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`.
 */
export async function openJournal(path: string): Promise<Journal> {
  const database = await openDatabase(path);
  return {
    path,
    begin: async (ask) => {
      let begun: BegunRun | undefined;
      const begin = (): void => {
        begun = beginRun(database, ask);
      };
      try {
        await whenFree(() => transact(database, [begin]));
        return createRunJournal(database, path, begun as unknown as BegunRun);
      } catch (error) {
        throw journalError(path, error);
      }
    },
    latest: told(path, (identity, due) => {
      const found = latestOf(database, identity, due);
      if (!found) return undefined;
      const { run, id, pass, status, pass_key: passKey } = found;
      const files = createFileTable(database, run);
      const models = JSON.parse(found.models);
      const ended = found.ended === null ? undefined : (JSON.parse(found.ended) as RunEnd);
      const [file, filesOfRows] = [told(path, files.get), told(path, files.ofRows)];
      const find = told(path, createRowTable(database, run).byKey);
      const isInWork = found.owner !== null && isHeld(found.owner, found.heard_at, Date.now());
      return { id, pass, status, passKey, isInWork, ended, models, file, filesOfRows, find };
    }),
    hasWritten: told(
      path,
      (file) => database.prepare('SELECT 1 FROM files WHERE path = ? AND pass >= 0 LIMIT 1').get(file) !== undefined,
    ),
    close: () => closeDatabase(database),
  };
}
