import type { Database } from './database.ts';
import { isLocked, journalError } from './journal-error.ts';

/** Writes that are made together, in one transaction. */
export interface CommitGroup {
  /** Has a write made by the next commit, after those before it. */
  add(write: () => void): void;
  /** Somebody is at work, and will wait for a commit at the end of it; where all who are at work wait, no others are waited for. */
  begun(): void;
  /** Has waited, or will not. */
  ended(): void;
  /**
   * Resolves when all that was added so far is durable.
   *
   * @throws {MillraceError} `JOURNAL_UNUSABLE`, `RUN_LOST`, …: what was added is not in the journal, and nothing will be any more.
   */
  committed(): Promise<void>;
  /** @throws {MillraceError} As `committed`, where a commit has failed. */
  refuseIfFailed(): void;
  /** Commits at once what waits. */
  flush(): Promise<void>;
}

/** How groups are committed. */
export interface CommitOptions {
  readonly path: string;
  /** Runs first in each transaction; what it throws refuses the commit. */
  readonly check: () => void;
}

/** A commit costs as much as several rows, and a row waits for its own: so long, or until so many others, or all, wait with it. */
const gatherMs = 20;
const gatherCount = 32;
/** Another process may commit for so long. */
const patienceMs = 60_000;
const retryMs = 50;

/** Gathers writes, and commits them a moment after the first. */
export function createCommitGroup(database: Database, { path, check }: CommitOptions): CommitGroup {
  let writes: (() => void)[] = [];
  let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let lockedSince: number | undefined;
  let failure: unknown;
  let atWork = 0;

  const settle = (error?: unknown): void => {
    const settled = waiting;
    waiting = [];
    for (const { resolve, reject } of settled) {
      if (error === undefined) resolve();
      else reject(error);
    }
  };
  const later = (delayMs: number): void => {
    timer ??= setTimeout(commit, delayMs);
  };
  const commit = (): void => {
    clearTimeout(timer);
    clearImmediate(soon);
    timer = undefined;
    soon = undefined;
    if (failure !== undefined) {
      settle(failure);
      return;
    }
    try {
      // Also where nothing is to be written: who waits wants to know whether the run is still this process's.
      if (writes.length > 0 || waiting.length > 0) transact(database, [check, ...writes]);
    } catch (error) {
      lockedSince ??= Date.now();
      if (isLocked(error) && Date.now() - lockedSince < patienceMs) {
        later(retryMs);
        return;
      }
      failure = journalError(path, error);
      settle(failure);
      return;
    }
    lockedSince = undefined;
    writes = [];
    settle();
  };
  const committed = (): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      // Behind the requests that wait to be sent.
      if (waiting.length >= Math.min(gatherCount, atWork) && lockedSince === undefined) soon ??= setImmediate(commit);
      else later(gatherMs);
    });

  return {
    add: (write) => {
      writes.push(write);
      later(gatherMs);
    },
    begun: () => {
      atWork++;
    },
    ended: () => {
      atWork--;
    },
    committed,
    refuseIfFailed: () => {
      if (failure !== undefined) throw failure;
    },
    flush: () => {
      const done = committed();
      commit();
      return done;
    },
  };
}

/** @throws What the first failing write threw; nothing is written then. */
export function transact(database: Database, writes: readonly (() => void)[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const write of writes) write();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
