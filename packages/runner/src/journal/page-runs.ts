import type { Database } from './database.ts';
import { type ListedRun, listed, type RunRecord } from './list-runs.ts';

/** Which runs. */
export interface RunPageOptions {
  /** Those of a workflow of this name, */
  readonly workflow?: string | undefined;
  /** or of the one at this absolute path. */
  readonly file?: string | undefined;
  readonly status?: ListedRun['status'] | undefined;
  /** Those that were begun before the one that a page before named as its `next`. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number | undefined;
}

/** Some runs, newest first. */
export interface RunPage {
  readonly runs: readonly ListedRun[];
  /** The `before` of the next page; absent where there are no more runs. */
  readonly next?: number;
}

/** What a run may be that has a status: its process may have died, or look at a finished run again. */
const candidates: Readonly<Record<ListedRun['status'], string>> = {
  running: 'owner IS NOT NULL',
  done: "status = 'done'",
  stopped: "status = 'stopped'",
  interrupted: "status IN ('interrupted', 'running')",
};

/** A page of runs; costs as much as those that are looked at. */
export function pageRuns(database: Database, options: RunPageOptions): RunPage {
  const { status, limit, now = Date.now() } = options;
  const runs: ListedRun[] = [];
  let last: number | undefined;
  for (const record of recordsOf(database, options)) {
    const run = listed(database, record, now);
    if (status !== undefined && run.status !== status) continue;
    if (runs.length === limit) return { runs, ...(last !== undefined && { next: last }) };
    runs.push(run);
    last = record.run;
  }
  return { runs };
}

function recordsOf(database: Database, { workflow, file, status, before }: RunPageOptions): Iterable<RunRecord> {
  const conditions: [condition: string, ...values: (string | number)[]][] = [
    ...(workflow === undefined ? [] : [['workflow = ?', workflow] as [string, string]]),
    ...(file === undefined ? [] : [['file = ?', file] as [string, string]]),
    ...(status === undefined ? [] : [[candidates[status]] as [string]]),
    ...(before === undefined ? [] : [['run < ?', before] as [string, number]]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([condition]) => condition).join(' AND ')}`;
  return database
    .prepare(`SELECT * FROM runs ${where} ORDER BY run DESC`)
    .iterate(...conditions.flatMap(([, ...values]) => values)) as Iterable<unknown> as Iterable<RunRecord>;
}
