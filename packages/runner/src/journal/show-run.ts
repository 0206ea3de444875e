import type { ErrorDescription } from '@millrace/errors';
import type { GroupCounts, RunTokens } from '../events.ts';
import { addCause, type FailureCause } from '../failure-causes.ts';
import type { Database } from './database.ts';
import { endOf, type ListedRun, listed, type RunRecord, recordOf } from './list-runs.ts';

/** All that is known of a run but its rows. */
export interface ShownRun extends ListedRun {
  /** What the caller gave, to run it again. */
  readonly invocation: unknown;
  /** Digests by model. */
  readonly models: Readonly<Record<string, string>>;
  /** The process that works on it. */
  readonly owner?: { readonly host: string; readonly pid: number };
  /** Failed rows and groups, those that failed alike together; of the first ones, where not all were to be looked at. */
  readonly causes: readonly FailureCause[];
  /** What `runs retry --cause` may ask for: how many rows and groups failed for each. */
  readonly retryCauses: Readonly<Record<string, number>>;
  readonly files: readonly WrittenFile[];
  readonly groups?: GroupCounts;
  readonly tokens?: RunTokens;
  /** Of answers that it had from an earlier time or from an equal call. */
  readonly reusedTokens?: RunTokens;
  /** Why it was stopped. */
  readonly error?: ErrorDescription;
}

/** A file that a run writes. */
export interface WrittenFile {
  readonly path: string;
  /** Bytes that are known to be in it. */
  readonly bytes: number;
  readonly isFinished: boolean;
}

/**
 * @param maxFailures So many failed rows and groups are looked at for the causes.
 * @throws {MillraceError} `RUN_NOT_FOUND`.
 */
export function showRun(database: Database, id: string, maxFailures = -1): ShownRun {
  const run = recordOf(database, id);
  const short = listed(database, run, Date.now());
  const ended = run.status === 'running' ? undefined : endOf(run);
  const owner = short.status === 'running' && run.owner !== null ? JSON.parse(run.owner) : undefined;
  const files = database
    .prepare('SELECT path, length, modified FROM files WHERE run = ? ORDER BY path')
    .all(run.run) as { path: string; length: number; modified: number | null }[];
  return {
    ...short,
    invocation: JSON.parse(run.invocation),
    models: JSON.parse(run.models),
    ...(owner && { owner: { host: owner.host, pid: owner.pid } }),
    causes: causesOf(database, run, maxFailures),
    retryCauses: retryCauses(database, run, maxFailures),
    files: files.map(({ path, length, modified }) => ({ path, bytes: length, isFinished: modified !== null })),
    ...(ended?.groups && { groups: ended.groups }),
    ...(ended && { tokens: ended.tokens }),
    ...(ended?.reusedTokens && { reusedTokens: ended.reusedTokens }),
    ...(ended?.error && { error: ended.error }),
  };
}

/** Failed rows of a pass as their index has them, so that the first ones are found without the others: hence the `+`. */
const inOrder = "+pass = ? AND status = 'failed' ORDER BY step, pass, position";

/** Reads no more of a failure than its error: rows may be long. */
function causesOf(database: Database, { run, pass }: RunRecord, limit: number): readonly FailureCause[] {
  const failed = database.prepare(
    `SELECT coalesce(key, place) AS name, json_extract(failure, '$.error') AS error FROM rows
     WHERE run = ? AND failure IS NOT NULL AND ${inOrder} LIMIT ?`,
  );
  let causes: readonly FailureCause[] = [];
  for (const row of failed.iterate(run, pass, limit)) {
    const { name, error } = row as { name: string; error: string | null };
    if (error !== null) causes = addCause(causes, name, JSON.parse(error) as ErrorDescription);
  }
  return causes;
}

function retryCauses(database: Database, { run, pass }: RunRecord, limit: number): Readonly<Record<string, number>> {
  const found = database
    .prepare(
      `SELECT coalesce(cause, '') AS cause, count(*) AS count
       FROM (SELECT cause FROM rows WHERE run = ? AND ${inOrder} LIMIT ?)
       GROUP BY 1 ORDER BY 2 DESC`,
    )
    .all(run, pass, limit) as { cause: string; count: number }[];
  return Object.fromEntries(found.map(({ cause, count }) => [cause, count]));
}
