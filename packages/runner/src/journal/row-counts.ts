import type { RunCounts } from '../events.ts';
import type { Database } from './database.ts';
import type { RowStatus } from './row-table.ts';

/** What a run keeps of how its rows ended, so that nobody has to count a million of them. */
export interface KeptCounts {
  /** The pass that they are of; null where nothing was counted yet, as in a journal of an older version. */
  readonly counted_pass: number | null;
  readonly ok: number;
  readonly degraded: number;
  readonly failed: number;
  readonly skipped: number;
}

/** How many rows of the input have ended how, in the pass that a run is in. */
export function countsOf(
  database: Database,
  run: KeptCounts & { readonly run: number; readonly pass: number },
): RunCounts {
  return run.counted_pass === run.pass ? withSum(run) : counted(database, run.run, run.pass);
}

function counted(database: Database, run: number, pass: number): RunCounts {
  const found = database
    .prepare(
      `SELECT status, count(*) AS count FROM rows WHERE run = ? AND step = '' AND pass = ? AND status IS NOT NULL
       GROUP BY status`,
    )
    .all(run, pass) as { status: RowStatus; count: number }[];
  const counts = { ok: 0, degraded: 0, failed: 0, skipped: 0 };
  for (const { status, count } of found) counts[status] = count;
  return withSum(counts);
}

const withSum = ({ ok, degraded, failed, skipped }: Readonly<Record<RowStatus, number>>): RunCounts => ({
  rows: ok + degraded + failed + skipped,
  ok,
  degraded,
  failed,
  skipped,
});
