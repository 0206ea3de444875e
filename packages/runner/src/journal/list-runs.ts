import { MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import type { RunCounts, RunEnd } from '../events.ts';
import type { StoredRun } from './begin-run.ts';
import type { Database } from './database.ts';
import { isHeld } from './lease.ts';
import { countsOf } from './row-counts.ts';

/** A run in a list. Times are milliseconds since 1970. */
export interface ListedRun {
  readonly id: string;
  /** The name of the workflow. */
  readonly workflow: string;
  /** Its absolute path. */
  readonly file: string;
  /** `running`: a process works on it now; `interrupted` also where its process died. */
  readonly status: 'running' | 'done' | 'interrupted' | 'stopped';
  /** When a schedule wanted it. */
  readonly due?: number;
  readonly startedAt: number;
  /** When it ended, or was heard of last; absent while it is in work. */
  readonly endedAt?: number;
  readonly counts: RunCounts;
  /** A newer run of the same command was begun afresh, so that nothing continues this one. */
  readonly isReplaced: boolean;
}

/** Which runs. */
export interface ListOptions {
  /** Those of a workflow of this name, */
  readonly workflow?: string | undefined;
  /** or of the one at this absolute path. */
  readonly file?: string | undefined;
  readonly limit?: number | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: number | undefined;
}

/** The columns of a run, and whether it was begun afresh since. */
export type RunRecord = StoredRun & { readonly replaced: number };

/** Runs, newest first. */
export function listRuns(database: Database, options: ListOptions = {}): ListedRun[] {
  const { workflow, file, limit = -1, now = Date.now() } = options;
  const isAny = workflow === undefined && file === undefined;
  const runs = database
    .prepare('SELECT * FROM runs WHERE ? OR workflow = ? OR file = ? ORDER BY run DESC LIMIT ?')
    .all(isAny ? 1 : 0, workflow ?? null, file ?? null, limit) as unknown as RunRecord[];
  return runs.map((run) => listed(database, run, now));
}

/**
 * The run that a word means: an id, its unique beginning or that of its last part, or `last`.
 *
 * @throws {MillraceError} `RUN_NOT_FOUND`.
 */
export const findRun = (database: Database, word: string): ListedRun =>
  listed(database, recordOf(database, word), Date.now());

/** The same as its table has it. */
export const recordOf = (database: Database, word: string): RunRecord => createRunFinder(database)(word);

/** The same for many words: a whole id costs one look. */
export function createRunFinder(database: Database): (word: string) => RunRecord {
  const named = database.prepare('SELECT * FROM runs WHERE id = ?');
  return (word) => {
    const found = named.get(word) as RunRecord | undefined;
    if (found) return found;
    const ids = database.prepare('SELECT id FROM runs ORDER BY run DESC').all() as { id: string }[];
    return named.get(
      idLike(
        word,
        ids.map(({ id }) => id),
      ),
    ) as unknown as RunRecord;
  };
}

const lastPart = (id: string): string => id.slice(id.lastIndexOf('-') + 1);
const maxNamed = 5;

function idLike(word: string, ids: readonly string[]): string {
  const newest = ids[0];
  if (newest === undefined) throw new MillraceError('RUN_NOT_FOUND', 'There are no runs here yet.');
  if (word === 'last') return newest;
  const found = ids.filter((id) => id.startsWith(word) || lastPart(id).startsWith(word));
  if (found.length === 1) return found[0] as string;
  if (found.length > 1) {
    const named = found.slice(0, maxNamed).join(', ');
    const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : '';
    throw new MillraceError('RUN_NOT_FOUND', `\`${word}\` may mean ${found.length} runs: ${named}${more}.`, {
      hint: 'Write more of the id.',
    });
  }
  const near = didYouMean(word, ids) || didYouMean(word, ids.map(lastPart));
  const hint = [near, 'See `millrace runs`.'].filter((text) => text !== '').join(' ');
  throw new MillraceError('RUN_NOT_FOUND', `There is no run \`${word}\`.`, { hint });
}

/** A run as it is now. */
export function listed(database: Database, run: RunRecord, now: number): ListedRun {
  const { id, workflow, file, due, started_at, replaced } = run;
  const status = statusOf(run, now);
  const ended = run.status === 'running' ? undefined : endOf(run);
  const endedAt = status === 'running' ? undefined : (ended?.at ?? run.heard_at);
  return {
    id,
    workflow,
    file,
    status,
    ...(due !== null && { due }),
    startedAt: started_at,
    ...(typeof endedAt === 'number' && { endedAt }),
    counts: ended?.counts ?? countsOf(database, run),
    isReplaced: replaced === 1,
  };
}

/** Whether a process works on it. */
export const isInWork = ({ owner, heard_at }: RunRecord, now: number): boolean =>
  owner !== null && isHeld(owner, heard_at, now);

function statusOf(run: RunRecord, now: number): ListedRun['status'] {
  if (isInWork(run, now)) return 'running';
  return run.status === 'running' ? 'interrupted' : run.status;
}

/** How it ended when it was in work last. */
export const endOf = ({ ended }: RunRecord): RunEnd | undefined =>
  ended === null ? undefined : (JSON.parse(ended) as RunEnd);
