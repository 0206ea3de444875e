import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { transact } from './commit-group.ts';
import { closeDatabase, type Database, openDatabase } from './database.ts';
import { isFull, isLocked, journalError } from './journal-error.ts';
import { isInWork, type ListedRun, listed, type RunRecord } from './list-runs.ts';
import { whenFree } from './when-free.ts';

/** Which runs go. Never one that is in work. */
export interface PruneOptions {
  /** So many of the newest runs of each workflow stay, at least one. Default: 1; with `all` 0. */
  readonly keep?: number | undefined;
  /** Only runs that ended so many milliseconds ago. Default: 0. */
  readonly olderThanMs?: number | undefined;
  /** Also what a command would continue or repeat: unfinished runs, and the newest of each workflow. */
  readonly all?: boolean | undefined;
  /** Only these, by id, whatever else is said here. */
  readonly only?: readonly string[] | undefined;
  /** Whether the file is made smaller, which takes the journal for as long as it is written anew. Default: true. */
  readonly reclaims?: boolean | undefined;
  /** Only says what would go. */
  readonly dryRun?: boolean | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number | undefined;
}

/** What went, or would go. */
export interface Pruned {
  readonly runs: readonly ListedRun[];
  /** With the groups of reduces. */
  readonly rows: number;
  /** Of the journal; about so many where nothing was deleted. */
  readonly bytes: number;
  /** Whether the file is smaller by them; else its space is used again, since another process was at work. */
  readonly isReclaimed: boolean;
}

/** Rows that are deleted in one transaction: another process waits for no more. */
const chunk = 2_000;
/** So long the journal is free for others in between. */
const pauseMs = 5;

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
    const chosen = choose(database, options, now);
    if (options.dryRun) {
      const sizes = chosen.map(({ record }) => sizeOf(database, record.run));
      const sum = (figure: 'rows' | 'bytes'): number => sizes.reduce((total, size) => total + size[figure], 0);
      return { runs: chosen.map(({ run }) => run), rows: sum('rows'), bytes: sum('bytes'), isReclaimed: false };
    }
    return await deleteAll(database, path, chosen, { now, reclaims: options.reclaims ?? true });
  } catch (error) {
    throw journalError(path, error);
  } finally {
    closeDatabase(database);
  }
}

interface Chosen {
  readonly record: RunRecord;
  readonly run: ListedRun;
}

function choose(database: Database, options: PruneOptions, now: number): Chosen[] {
  const { keep, olderThanMs = 0, all = false, only } = options;
  if (only) return chosenOf(database, only, now);
  const stay = all ? (keep ?? 0) : Math.max(1, keep ?? 1);
  const seen = new Map<string, number>();
  const records = database.prepare('SELECT * FROM runs ORDER BY run DESC').all() as unknown as RunRecord[];
  return records.flatMap((record) => {
    const newer = seen.get(record.file) ?? 0;
    // What was begun afresh since is continued by nothing, and the newest of nothing.
    if (record.replaced === 0) seen.set(record.file, newer + 1);
    const isOld = record.replaced === 1 || (newer >= stay && (all || record.status === 'done'));
    if (!isOld || isInWork(record, now)) return [];
    const run = listed(database, record, now);
    return now - (run.endedAt ?? run.startedAt) < olderThanMs ? [] : [{ record, run }];
  });
}

function chosenOf(database: Database, ids: readonly string[], now: number): Chosen[] {
  const find = database.prepare('SELECT * FROM runs WHERE id = ?');
  return ids.flatMap((id) => {
    const record = find.get(id) as unknown as RunRecord | undefined;
    return record && !isInWork(record, now) ? [{ record, run: listed(database, record, now) }] : [];
  });
}

function sizeOf(database: Database, run: number): { readonly rows: number; readonly bytes: number } {
  const one = (sql: string): Record<string, number | null> =>
    database.prepare(sql).get(run) as Record<string, number | null>;
  const { rows, own } = one(
    'SELECT count(*) AS rows, sum(length(key) + coalesce(length(result), 0) + coalesce(length(failure), 0)) AS own FROM rows WHERE run = ?',
  );
  const { answers } = one(
    `SELECT sum(length(talk) + coalesce(length(text), 0) + coalesce(length(thinking), 0) + coalesce(length(value), 0)) AS answers
     FROM answers WHERE row IN (SELECT row FROM rows WHERE run = ?)`,
  );
  return { rows: rows ?? 0, bytes: (own ?? 0) + (answers ?? 0) };
}

async function deleteAll(
  database: Database,
  path: string,
  chosen: readonly Chosen[],
  { now, reclaims }: { readonly now: number; readonly reclaims: boolean },
): Promise<Pruned> {
  const before = await bytesOf(path);
  const runs: ListedRun[] = [];
  let rows = 0;
  for (const { record, run } of chosen) {
    const deleted = await deleteRun(database, record.run, now);
    if (deleted === undefined) continue;
    rows += deleted;
    runs.push(run);
  }
  const isReclaimed = runs.length === 0 || (reclaims && reclaim(database, now));
  const bytes = isReclaimed ? before - (await bytesOf(path)) : freeBytes(database);
  return { runs, rows, bytes: Math.max(0, bytes), isReclaimed };
}

/** @returns How many rows it had; undefined where a process has taken it up meanwhile. */
async function deleteRun(database: Database, run: number, now: number): Promise<number | undefined> {
  let isFree = false;
  const claim = (): void => {
    const record = database.prepare('SELECT * FROM runs WHERE run = ?').get(run) as unknown as RunRecord | undefined;
    isFree = record !== undefined && !isInWork(record, now);
    if (isFree) database.prepare('UPDATE runs SET replaced = 1, owner = NULL WHERE run = ?').run(run);
  };
  await whenFree(() => transact(database, [claim]));
  if (!isFree) return undefined;
  const some = database.prepare('SELECT row FROM rows WHERE run = ? LIMIT ?');
  const removals = ['answers', 'failures', 'items', 'rows'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE row IN (SELECT value FROM json_each(?))`),
  );
  let rows = 0;
  for (;;) {
    const found = (some.all(run, chunk) as { row: number }[]).map(({ row }) => row);
    if (found.length === 0) break;
    rows += found.length;
    const list = JSON.stringify(found);
    await whenFree(() =>
      transact(
        database,
        removals.map((removal) => () => void removal.run(list)),
      ),
    );
    await setTimeout(pauseMs);
  }
  const last = ['files', 'runs'].map((table) => database.prepare(`DELETE FROM ${table} WHERE run = ?`));
  await whenFree(() =>
    transact(
      database,
      last.map((removal) => () => void removal.run(run)),
    ),
  );
  return rows;
}

/** Gives the space back, which takes the journal for as long as it is written anew: not while a run is in work. */
function reclaim(database: Database, now: number): boolean {
  const owned = database.prepare('SELECT * FROM runs WHERE owner IS NOT NULL').all() as unknown as RunRecord[];
  if (owned.some((run) => isInWork(run, now))) return false;
  try {
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
    return true;
  } catch (error) {
    if (isLocked(error) || isFull((error as Error).message, error)) return false;
    throw error;
  }
}

async function bytesOf(path: string): Promise<number> {
  const sizes = await Promise.all([path, `${path}-wal`].map((file) => stat(file).catch(() => undefined)));
  return sizes.reduce((sum, found) => sum + (found?.size ?? 0), 0);
}

function freeBytes(database: Database): number {
  const figure = (name: string): number =>
    Object.values(database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
  return figure('freelist_count') * figure('page_size');
}
