import { randomBytes } from 'node:crypto';
import { MillraceError } from '@millrace/errors';
import type { Database } from './database.ts';
import { type Lease, refuseIfHeld } from './lease.ts';
import { thisProcess } from './process-owner.ts';
import type { KeptCounts } from './row-counts.ts';
import type { RowTally } from './row-tally.ts';

/** What is to be run, as far as the journal must know it. */
export interface RunAsk {
  /** What makes it the same run: workflow path, inputs and source. */
  readonly identity: string;
  /** The name of the workflow, and its absolute path. */
  readonly workflow: string;
  readonly file: string;
  /** What the caller gave, to run it again; plain data. */
  readonly invocation: unknown;
  /** Whether anything changed: rows, selection, workflow, targets. */
  readonly passKey: string;
  /** Files that it writes, absolute. */
  readonly paths: readonly string[];
  /** `new`: begins afresh, whatever is there. */
  readonly mode: 'continue' | 'new';
  /** Failed rows run again: those of a cause, or all. */
  readonly retry?: { readonly cause?: string | undefined } | undefined;
  /** When a schedule wanted it, in milliseconds since 1970; each time is a run of its own. */
  readonly due?: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A run as its table has it. */
export interface StoredRun extends KeptCounts {
  readonly run: number;
  readonly id: string;
  readonly identity: string;
  readonly workflow: string;
  readonly file: string;
  /** JSON. */
  readonly invocation: string;
  readonly status: 'running' | 'done' | 'interrupted' | 'stopped';
  readonly due: number | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly pass: number;
  readonly pass_key: string;
  /** JSON: its `run-end`. */
  readonly ended: string | null;
  /** JSON: digests by model. */
  readonly models: string;
  /** JSON. */
  readonly owner: string | null;
  readonly heard_at: number | null;
}

/** A run that this process may execute. */
export interface BegunRun extends StoredRun {
  /** The owner as this process has written it: the run is its own as long as it stands there. */
  readonly lease: string;
  /** A process that held it, or a file that it writes, may still be there and write. */
  readonly mayWake: boolean;
  /** What was found: nothing; a run that was not finished; one that was, or in which something has changed since. */
  readonly found: 'nothing' | 'unfinished' | 'stopped' | 'finished' | 'retried' | 'changed';
}

/**
 * Finds the run that an ask continues, or makes one, and takes its lease; all in one transaction, so that two processes never get the same.
 *
 * @throws {MillraceError} `RUN_BUSY`.
 */
export function beginRun(database: Database, ask: RunAsk): BegunRun {
  const known = latestOf(database, ask.identity, ask.due);
  let mayWake =
    known !== undefined && refuseIfHeld(`The run ${known.id} of ${known.file}`, known.owner, known.heard_at, ask.at);
  for (const path of ask.paths) mayWake = refuseTaken(database, path, known?.run, ask.at) || mayWake;
  const lease = JSON.stringify({ ...thisProcess(), token: randomBytes(8).toString('hex') } satisfies Lease);
  const begun =
    known && ask.mode === 'continue' ? takeUp(database, known, ask, lease) : make(database, known, ask, lease);
  const claim = database.prepare(
    'INSERT OR IGNORE INTO files (run, path, pass, length, checksum, next) VALUES (?, ?, -1, 0, 0, 0)',
  );
  for (const path of ask.paths) claim.run(begun.run, path);
  return { ...begun, lease, mayWake };
}

/** The run that an ask of this identity would continue. @param due Only that of this due time; absent: only one that no schedule wanted. */
export const latestOf = (database: Database, identity: string, due?: number): StoredRun | undefined =>
  database
    .prepare('SELECT * FROM runs WHERE identity = ? AND replaced = 0 AND due IS ? ORDER BY run DESC LIMIT 1')
    .get(identity, due ?? null) as StoredRun | undefined;

function refuseTaken(database: Database, path: string, own: number | undefined, now: number): boolean {
  const others = database
    .prepare(
      `SELECT runs.* FROM files JOIN runs ON runs.run = files.run
       WHERE files.path = ? AND runs.owner IS NOT NULL AND runs.run IS NOT ?`,
    )
    .all(path, own ?? null) as StoredRun[];
  const what = ({ id, file }: StoredRun): string =>
    `\`${path}\`, which this run would write, belongs to the run ${id} of ${file}, and that run`;
  return others.map((other) => refuseIfHeld(what(other), other.owner, other.heard_at, now)).includes(true);
}

type FoundRun = Omit<BegunRun, 'lease' | 'mayWake'>;

function takeUp(database: Database, known: StoredRun, ask: RunAsk, lease: string): FoundRun {
  const isFinished = known.status === 'done';
  const isChanged = known.pass_key !== ask.passKey;
  const found = isChanged ? 'changed' : isFinished ? 'finished' : known.status === 'stopped' ? 'stopped' : 'unfinished';
  // Rows that are tried again may stand before others that are written, so that all is written anew.
  const isSame = !isChanged && !ask.retry && found !== 'stopped';
  const pass = isSame ? known.pass : known.pass + 1;
  // One that is finished and the same may end without being run.
  const again = isFinished && isSame ? '' : ", status = 'running', ended_at = NULL";
  database
    .prepare(`UPDATE runs SET pass = ?, pass_key = ?, invocation = ?, owner = ?, heard_at = ?${again} WHERE run = ?`)
    .run(pass, ask.passKey, JSON.stringify(ask.invocation), lease, ask.at, known.run);
  return { ...known, pass, pass_key: ask.passKey, found: ask.retry && found === 'finished' ? 'retried' : found };
}

function make(database: Database, known: StoredRun | undefined, ask: RunAsk, lease: string): FoundRun {
  if (known) database.prepare('UPDATE runs SET replaced = 1 WHERE run = ?').run(known.run);
  const { identity, workflow, file, due = null, at, passKey } = ask;
  const made = database
    .prepare(
      `INSERT INTO runs (id, identity, replaced, workflow, file, invocation, status, due, started_at, pass, pass_key, models, owner, heard_at)
       VALUES (?, ?, 0, ?, ?, ?, 'running', ?, ?, 1, ?, '{}', ?, ?)`,
    )
    .run(newId(at), identity, workflow, file, JSON.stringify(ask.invocation), due, at, passKey, lease, at);
  const run = database
    .prepare('SELECT * FROM runs WHERE run = ?')
    .get(Number(made.lastInsertRowid)) as unknown as StoredRun;
  return { ...run, found: 'nothing' };
}

/** Such as `20261123-0203-9f3a1c`: in the order of time, and short enough to be typed. UTC, so that no clock change turns the order. */
function newId(at: number): string {
  const time = new Date(at).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 13);
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/**
 * Says with each commit that this process is there, and how its rows ended: one write for both.
 *
 * @throws {MillraceError} `RUN_LOST` where the lease is not this process's any more.
 */
export function checkLease(database: Database, { run, id, lease, pass }: BegunRun, { counts }: RowTally): () => void {
  const beat = database.prepare(
    'UPDATE runs SET heard_at = ?, counted_pass = ?, ok = ?, degraded = ?, failed = ?, skipped = ? WHERE run = ? AND owner = ?',
  );
  return () => {
    const { ok, degraded, failed, skipped } = counts;
    if (beat.run(Date.now(), pass, ok, degraded, failed, skipped, run, lease).changes > 0) return;
    throw new MillraceError('RUN_LOST', `Another process has taken over the run ${id}, and this one stops.`);
  };
}
