import type { Database } from './database.ts';
import { isInWork, type ListedRun, type RunRecord } from './list-runs.ts';
import type { RowStatus } from './row-table.ts';

/** Figures of a whole journal. */
export interface JournalCounts {
  readonly runs: Readonly<Record<ListedRun['status'], number>>;
  /** Rows of the input that ended, in the pass that each run is in. */
  readonly rows: Readonly<Record<RowStatus, number>>;
}

/** Counts runs and their rows, without looking at a row. @param now Milliseconds since 1970. */
export function countAll(database: Database, now: number): JournalCounts {
  const runs = { running: 0, done: 0, stopped: 0, interrupted: 0 };
  const stored = database
    .prepare('SELECT status, count(*) AS count FROM runs WHERE owner IS NULL GROUP BY status')
    .all() as { status: ListedRun['status']; count: number }[];
  for (const { status, count } of stored) runs[idle(status)] += count;
  const owned = database.prepare('SELECT * FROM runs WHERE owner IS NOT NULL').all() as unknown as RunRecord[];
  for (const run of owned) runs[isInWork(run, now) ? 'running' : idle(run.status)] += 1;
  const rows = database
    .prepare(
      `SELECT ${statuses.map((status) => `coalesce(sum(${countOf(status)}), 0) AS ${status}`).join(', ')} FROM runs`,
    )
    .get() as Record<RowStatus, number>;
  return { runs, rows: { ok: rows.ok, degraded: rows.degraded, failed: rows.failed, skipped: rows.skipped } };
}

const statuses: readonly RowStatus[] = ['ok', 'degraded', 'failed', 'skipped'];

/** Of a run of an older version what its end says. */
const countOf = (status: RowStatus): string =>
  `CASE WHEN counted_pass = pass THEN ${status} WHEN ended IS NOT NULL THEN json_extract(ended, '$.counts.${status}') ELSE 0 END`;

/** Nobody works on it. */
const idle = (status: ListedRun['status']): ListedRun['status'] => (status === 'running' ? 'interrupted' : status);
