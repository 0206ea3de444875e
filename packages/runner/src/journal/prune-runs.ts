import { stat } from 'node:fs/promises';
import { transact } from './commit-group.ts';
import { type Database, openDatabase } from './database.ts';
import { isLocked, journalError } from './journal-error.ts';
import { isInWork, type ListedRun, listed, type RunRecord } from './list-runs.ts';
import { whenFree } from './when-free.ts';

/** Which runs go. */
export interface PruneOptions {
  /** So many of the newest runs of each workflow stay. Default: 1. */
  readonly keep?: number | undefined;
  /** Only runs that ended so many milliseconds ago. Default: 0. */
  readonly olderThanMs?: number | undefined;
  /** Also what a command would continue or repeat: unfinished runs, and the newest of each workflow. Never one that is in work. */
  readonly all?: boolean | undefined;
  /** Says what would go. */
  readonly dryRun?: boolean | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number | undefined;
}

/** What went, or would go. */
export interface Pruned {
  readonly runs: readonly ListedRun[];
  /** With the groups of reduces. */
  readonly rows: number;
  /** Of the journal: about so many would be free where nothing was deleted. */
  readonly bytes: number;
  /** Whether the file is smaller by them; else they are used again, since another process was at work. */
  readonly isReclaimed: boolean;
}

/** Rows that are deleted in one transaction: another process waits for no more. */
const chunk = 2_000;

/**
 * Deletes old finished runs with all that belongs to them. A prune that was killed is ended by the next one.
 *
 * @returns undefined where there is no journal.
 * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`.
 */
export async function pruneRuns(path: string, options: PruneOptions = {}): Promise<Pruned | undefined> {
  if (!(await stat(path).catch(() => undefined))?.size) return undefined;
  const database = await openDatabase(path);
  try {
    const now = options.now ?? Date.now();
    const chosen = choose(database, { ...options, now });
    const runs = chosen.map((run) => listed(database, run, now));
    if (options.dryRun)
      return { runs, rows: sum(chosen.map((run) => rowsOf(database, run))), ...sizeOf(database, chosen) };
    const before = await bytesOf(path);
    let rows = 0;
    for (const run of chosen) rows += await deleteRun(database, run);
    if (chosen.length === 0) return { runs, rows, bytes: 0, isReclaimed: true };
    const isReclaimed = reclaim(database, now);
    const bytes = isReclaimed ? before - (await bytesOf(path)) : freeBytes(database);
    return { runs, rows, bytes: Math.max(0, bytes), isReclaimed };
  } catch (error) {
    throw journalError(path, error);
  } finally {
    database.close();
  }
}

function choose(
  database: Database,
  { keep = 1, olderThanMs = 0, all = false, now }: PruneOptions & { readonly now: number },
): readonly RunRecord[] {
  const kept = new Map<string, number>();
  const runs = database.prepare('SELECT * FROM runs ORDER BY run DESC').all() as unknown as RunRecord[];
  return runs.filter((run) => {
    const isGone = run.replaced === 1;
    // What was begun afresh is continued by nothing, so it is not the newest of anything.
    const newer = kept.get(run.file) ?? 0;
    if (!isGone) kept.set(run.file, newer + 1);
    if (isInWork(run, now) || now - endTime(run) < olderThanMs) return false;
    if (isGone) return true;
    return all ? newer >= Math.min(keep, keptWithAll(keep)) : run.status === 'done' && newer >= Math.max(1, keep);
  });
}

const keptWithAll = (keep: number): number => keep;

const endTime = ({ ended_at, heard_at, started_at }: RunRecord): number => ended_at ?? heard_at ?? started_at;

function rowsOf(database: Database, { run }: RunRecord): number {
  return (database.prepare('SELECT count(*) AS count FROM rows WHERE run = ?').get(run) as { count: number }).count;
}
