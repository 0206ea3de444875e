import type { Database } from './database.ts';

/** `stopped`: by somebody, or replaced by the next one. */
export type DueState = 'waiting' | 'running' | 'ok' | 'failed' | 'stopped' | 'skipped';

/** A time at which a schedule wants a run. Times are milliseconds since 1970. */
export interface NewDue {
  readonly due: number;
  readonly cause: 'schedule' | 'missed' | 'trigger' | 'backfill' | 'watch';
  /** Not before this. */
  readonly startAt: number;
  readonly state: 'waiting' | 'skipped';
  /** Why it is skipped. */
  readonly reason?: string | undefined;
}

/** What became of a due time. */
export interface KeptDue extends Omit<NewDue, 'state'> {
  /** Of the workflow, absolute. */
  readonly file: string;
  readonly state: DueState;
  /** The id of its run, once that has ended. */
  readonly run?: string;
  readonly endedAt?: number;
}

/** How a due time came to its end. */
export interface DueEnd {
  readonly state: Exclude<DueState, 'waiting' | 'running'>;
  readonly reason?: string | undefined;
  readonly run?: string | undefined;
  readonly at: number;
}

/** The due times of a journal. What changes them has to be in a transaction. */
export interface DueTable {
  /** Of those that are there already nothing changes. Returns whether it is new. */
  add(file: string, due: NewDue): boolean;
  /** All that wait or run, in the order in which they may start. */
  open(): readonly KeptDue[];
  /** The newest first. */
  latest(file: string, limit: number): readonly KeptDue[];
  /** Those of which runs succeeded or failed, the latest to end first. @param from Only those that ended at this time or later. */
  results(file: string, from: number, limit: number): readonly KeptDue[];
  began(file: string, due: number): void;
  /** It waits again. */
  postpone(file: string, due: number, startAt: number): void;
  ended(file: string, due: number, end: DueEnd): void;
  /** Skips what waits. Returns how many that were. */
  skipWaiting(file: string, reason: string, at: number): number;
}

interface StoredDue {
  readonly file: string;
  readonly due: number;
  readonly cause: KeptDue['cause'];
  readonly start_at: number;
  readonly state: DueState;
  readonly reason: string | null;
  readonly id: string | null;
  readonly ended_at: number | null;
}

export function createDueTable(database: Database): DueTable {
  const add = database.prepare(
    'INSERT OR IGNORE INTO dues (file, due, cause, start_at, state, reason, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const open = database.prepare(
    "SELECT * FROM dues WHERE state IN ('waiting', 'running') ORDER BY start_at, due, file",
  );
  const latest = database.prepare('SELECT * FROM dues WHERE file = ? ORDER BY due DESC LIMIT ?');
  const results = database.prepare(
    "SELECT * FROM dues WHERE file = ? AND state IN ('ok', 'failed') AND ended_at >= ? ORDER BY ended_at DESC, due DESC LIMIT ?",
  );
  const began = database.prepare("UPDATE dues SET state = 'running' WHERE file = ? AND due = ?");
  const postpone = database.prepare("UPDATE dues SET state = 'waiting', start_at = ? WHERE file = ? AND due = ?");
  const ended = database.prepare(
    'UPDATE dues SET state = ?, reason = ?, id = ?, ended_at = ? WHERE file = ? AND due = ?',
  );
  const skip = database.prepare(
    "UPDATE dues SET state = 'skipped', reason = ?, ended_at = ? WHERE file = ? AND state = 'waiting'",
  );
  const kept = (found: unknown): readonly KeptDue[] => (found as readonly StoredDue[]).map(keptDue);
  return {
    add: (file, { due, cause, startAt, state, reason }) =>
      add.run(file, due, cause, startAt, state, reason ?? null, state === 'skipped' ? startAt : null).changes > 0,
    open: () => kept(open.all()),
    latest: (file, limit) => kept(latest.all(file, limit)),
    results: (file, from, limit) => kept(results.all(file, from, limit)),
    began: (file, due) => void began.run(file, due),
    postpone: (file, due, startAt) => void postpone.run(startAt, file, due),
    ended: (file, due, { state, reason, run, at }) => void ended.run(state, reason ?? null, run ?? null, at, file, due),
    skipWaiting: (file, reason, at) => Number(skip.run(reason, at, file).changes),
  };
}

const keptDue = ({ file, due, cause, start_at, state, reason, id, ended_at }: StoredDue): KeptDue => ({
  file,
  due,
  cause,
  startAt: start_at,
  state,
  ...(reason !== null && { reason }),
  ...(id !== null && { run: id }),
  ...(ended_at !== null && { endedAt: ended_at }),
});
