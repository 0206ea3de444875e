import { setTimeout } from 'node:timers/promises';
import { type BegunRun, beginRun, latestOf, type RunAsk, type StoredRun } from './begin-run.ts';
import { transact } from './commit-group.ts';
import { openDatabase } from './database.ts';
import { isLocked, journalError } from './journal-error.ts';
import { createRunJournal, type RunJournal } from './run-journal.ts';

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
  /** The run that an ask of this identity would continue, and its digests by model. */
  latest(
    identity: string,
  ): { readonly status: StoredRun['status']; readonly models: Readonly<Record<string, string>> } | undefined;
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
    latest: (identity) => {
      const found = latestOf(database, identity);
      return found && { status: found.status, models: JSON.parse(found.models) };
    },
    hasWritten: (file) =>
      database.prepare('SELECT 1 FROM files WHERE path = ? AND pass >= 0 LIMIT 1').get(file) !== undefined,
    close: () => database.close(),
  };
}

/** Another process may be committing. */
const patienceMs = 10_000;
const pauseMs = 50;

async function whenFree(act: () => void): Promise<void> {
  for (const since = Date.now(); ; await setTimeout(pauseMs)) {
    try {
      act();
      return;
    } catch (error) {
      if (!isLocked(error) || Date.now() - since > patienceMs) throw error;
    }
  }
}
