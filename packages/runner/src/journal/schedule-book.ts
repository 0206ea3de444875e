import { randomBytes } from 'node:crypto';
import { MillraceError } from '@millrace/errors';
import type { StoredRun } from './begin-run.ts';
import { transact } from './commit-group.ts';
import { closeDatabase, type Database, openDatabase } from './database.ts';
import { createDueTable, type DueEnd, type KeptDue, type NewDue } from './due-table.ts';
import { isLocked, told } from './journal-error.ts';
import { isHeld, type Lease } from './lease.ts';
import { thisProcess } from './process-owner.ts';

/** Another process commits for a moment; SQLite waits a quarter of a second each time. */
const maxTries = 40;

/** What is kept of a schedule. Times are milliseconds since 1970. */
export interface KeptSchedule {
  /** Due times up to here, inclusive, have been seen to. */
  readonly seenTo: number;
  readonly paused?: { readonly by: 'user' | 'failures'; readonly at: number };
  /** Failures that ended before do not count. */
  readonly countedFrom: number;
}

/** The run of a due time, as it is now. */
export interface RunOfDue {
  readonly id: string;
  /** `interrupted` also where its process died. */
  readonly status: 'running' | 'done' | 'interrupted' | 'stopped';
  /** Rows and groups that failed; 0 until it has ended. */
  readonly failed: number;
  /** Why it was stopped. */
  readonly error?: string;
}

/** The server that starts what is due. */
export interface HeldServer {
  readonly pid: number;
  readonly host: string;
  /** Where it listens; absent where it has not said so yet. */
  readonly url?: string;
}

/** What a journal knows of schedules: what was seen to, what waits, what became of it. Each change is durable when it returns. */
export interface ScheduleBook {
  /**
   * What is kept of the schedule of a workflow. One that is new, or has been edited, begins at `now`.
   *
   * @param definition Tells whether it was edited.
   */
  look(file: string, definition: string, now: number): KeptSchedule;
  /** Due times are seen to up to here, and these have to be run; those that are there already stay as they are. Returns those that are new. */
  see(file: string, to: number, dues: readonly NewDue[]): readonly NewDue[];
  /** Adds due times that somebody asks for. Returns those that are new. */
  add(file: string, dues: readonly NewDue[]): readonly NewDue[];
  /** All that wait or run, in the order in which they may start. */
  open(): readonly KeptDue[];
  /** The newest first. */
  dues(file: string, limit: number): readonly KeptDue[];
  /** Those of which runs succeeded or failed, the latest to end first. */
  results(file: string, from: number, limit: number): readonly KeptDue[];
  /** Ids of ended runs of due times beyond the newest, the oldest first. */
  runsBeyond(file: string, state: 'ok' | 'failed', kept: number, limit: number): readonly string[];
  /** What is kept of a schedule; undefined where nobody has seen to it. */
  kept(file: string): KeptSchedule | undefined;
  began(file: string, due: number): void;
  /** It waits again. */
  postpone(file: string, due: number, startAt: number): void;
  ended(file: string, due: number, end: DueEnd): void;
  /** Skips what waits for the workflow. Returns how many that were. */
  skipWaiting(file: string, reason: string, at: number): number;
  pause(file: string, by: 'user' | 'failures', at: number): void;
  /** Lets it go on: failures so far count no more, and what was due meanwhile is not missed. */
  unpause(file: string, at: number): void;
  /** The run of a due time; undefined where none has begun. */
  runOf(file: string, due: number): RunOfDue | undefined;
  /** What was seen of files that are watched, by path. */
  watched(file: string): ReadonlyMap<string, string>;
  /** Replaces what was seen, and adds a due time, or none, together. */
  sawWatched(file: string, seen: ReadonlyMap<string, string>, due?: NewDue): void;
  /** Makes this process the one that starts what is due. @throws {MillraceError} `SERVER_BUSY`. */
  hold(now: number): void;
  /** Says that this process is there, and where it listens. @throws {MillraceError} `SERVER_BUSY` where another has taken its place. */
  beat(now: number, url?: string): void;
  /** The server that is at work now. */
  server(now: number): HeldServer | undefined;
  /** Forgets due times whose runs are gone, or which were skipped, but the newest. */
  forget(file: string, keep: number): void;
  /** Lets go of being the server, where it is, and closes the journal. */
  close(): void;
}

/**
 * Opens what a journal knows of schedules, making the journal where it is not there.
 *
 * @param path Absolute, as `findJournal` finds it.
 * @throws {MillraceError} `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`; the first two from all that it does as well.
 */
export async function openScheduleBook(path: string): Promise<ScheduleBook> {
  const database = await openDatabase(path);
  const statements = prepare(database);
  const dues = createDueTable(database);
  const owner = JSON.stringify({ ...thisProcess(), token: randomBytes(8).toString('hex') } satisfies Lease);
  /** Another process may commit for a moment: it is waited for, as what is said here must not be lost. */
  const durably = <Input extends readonly unknown[], Output>(act: (...input: Input) => Output) =>
    told(path, (...input: Input): Output => {
      let output: Output | undefined;
      const write = (): void => {
        output = act(...input);
      };
      patiently(() => transact(database, [write]));
      return output as Output;
    });

  const find = told(path, (file: string) => statements.schedule.get(file) as unknown as StoredSchedule | undefined);
  const keep = durably((file: string, definition: string, now: number) => {
    statements.keep.run(file, definition, now, now);
  });
  const addAll = (file: string, added: readonly NewDue[]): readonly NewDue[] =>
    added.filter((due) => dues.add(file, due));
  const book: ScheduleBook = {
    look: (file, definition, now) => {
      const found = find(file);
      if (found?.definition === definition) return keptSchedule(found);
      keep(file, definition, now);
      return keptSchedule(find(file) as StoredSchedule);
    },
    see: durably((file, to, added) => {
      statements.seen.run(to, file);
      return addAll(file, added);
    }),
    add: durably(addAll),
    open: told(path, dues.open),
    dues: told(path, dues.latest),
    results: told(path, dues.results),
    runsBeyond: told(path, (file, state, kept, limit) =>
      (statements.beyond.all(file, state, limit, kept) as unknown as readonly { id: string }[]).map(({ id }) => id),
    ),
    kept: (file) => {
      const found = find(file);
      return found && keptSchedule(found);
    },
    began: durably(dues.began),
    postpone: durably(dues.postpone),
    ended: durably(dues.ended),
    skipWaiting: durably(dues.skipWaiting),
    pause: durably((file, by, at) => void statements.pause.run(by, at, file)),
    forget: durably((file, kept) => void statements.drop.run(file, file, kept)),
    unpause: durably((file, at) => void statements.unpause.run(at, at, file)),
    runOf: told(path, (file, due) => runOf(statements.run.get(file, due) as unknown as StoredRun | undefined)),
    watched: told(path, (file) => {
      const found = statements.watched.all(file) as unknown as readonly { path: string; seen: string }[];
      return new Map(found.map(({ path: name, seen }) => [name, seen]));
    }),
    sawWatched: durably((file, seen, due) => {
      statements.forget.run(file);
      for (const [name, state] of seen) statements.saw.run(file, name, state);
      if (due) dues.add(file, due);
    }),
    hold: durably((now) => {
      refuseServer(statements.server.get() as unknown as StoredServer | undefined, now);
      statements.hold.run(owner, now);
    }),
    beat: durably((now, url) => {
      if (statements.beat.run(now, url ?? null, owner).changes > 0) return;
      throw new MillraceError(
        'SERVER_BUSY',
        'Another server has taken over the schedules of this journal, and this one stops.',
      );
    }),
    server: told(path, (now) => {
      const found = statements.server.get() as unknown as StoredServer | undefined;
      return found && isHeld(found.owner, found.heard_at, now) ? heldServer(found) : undefined;
    }),
    close: () => {
      try {
        patiently(() => statements.letGo.run(owner));
      } finally {
        closeDatabase(database);
      }
    },
  };
  return book;
}

interface StoredSchedule {
  readonly definition: string;
  readonly seen_to: number;
  readonly paused_by: 'user' | 'failures' | null;
  readonly paused_at: number | null;
  readonly counted_from: number;
}

interface StoredServer {
  readonly owner: string;
  readonly heard_at: number;
  readonly url: string | null;
}

const prepare = (database: Database) => ({
  // What an edited schedule was due at before the edit was seen, it has not missed.
  keep: database.prepare(
    `INSERT INTO schedules (file, definition, seen_to, counted_from) VALUES (?, ?, ?, ?)
     ON CONFLICT (file) DO UPDATE SET definition = excluded.definition, seen_to = max(seen_to, excluded.seen_to)
     WHERE definition <> excluded.definition`,
  ),
  schedule: database.prepare('SELECT * FROM schedules WHERE file = ?'),
  seen: database.prepare('UPDATE schedules SET seen_to = ? WHERE file = ?'),
  pause: database.prepare('UPDATE schedules SET paused_by = ?, paused_at = ? WHERE file = ?'),
  unpause: database.prepare(
    'UPDATE schedules SET paused_by = NULL, paused_at = NULL, counted_from = ?, seen_to = max(seen_to, ?) WHERE file = ?',
  ),
  beyond: database.prepare(
    `SELECT dues.id FROM dues JOIN runs ON runs.id = dues.id WHERE dues.file = ? AND dues.state = ?
     ORDER BY dues.ended_at DESC, dues.due DESC LIMIT ? OFFSET ?`,
  ),
  drop: database.prepare(
    `DELETE FROM dues WHERE file = ? AND state NOT IN ('waiting', 'running')
       AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.file = dues.file AND runs.due = dues.due)
       AND due < (SELECT min(due) FROM (SELECT due FROM dues WHERE file = ? ORDER BY due DESC LIMIT ?))`,
  ),
  run: database.prepare('SELECT * FROM runs WHERE file = ? AND due = ? AND replaced = 0 ORDER BY run DESC LIMIT 1'),
  watched: database.prepare('SELECT path, seen FROM watched WHERE file = ?'),
  forget: database.prepare('DELETE FROM watched WHERE file = ?'),
  saw: database.prepare('INSERT INTO watched (file, path, seen) VALUES (?, ?, ?)'),
  server: database.prepare('SELECT * FROM servers'),
  hold: database.prepare(
    `INSERT INTO servers (server, owner, heard_at) VALUES (1, ?, ?)
     ON CONFLICT (server) DO UPDATE SET owner = excluded.owner, heard_at = excluded.heard_at, url = NULL`,
  ),
  beat: database.prepare('UPDATE servers SET heard_at = ?, url = coalesce(?, url) WHERE owner = ?'),
  letGo: database.prepare('DELETE FROM servers WHERE owner = ?'),
});

function keptSchedule({ seen_to, paused_by, paused_at, counted_from }: StoredSchedule): KeptSchedule {
  return {
    seenTo: seen_to,
    countedFrom: counted_from,
    ...(paused_by !== null && { paused: { by: paused_by, at: paused_at ?? 0 } }),
  };
}

function runOf(found: StoredRun | undefined): RunOfDue | undefined {
  if (!found) return undefined;
  const { id, owner, heard_at, status } = found;
  if (owner !== null && isHeld(owner, heard_at, Date.now())) return { id, status: 'running', failed: 0 };
  if (status === 'running' || found.ended === null) return { id, status: 'interrupted', failed: 0 };
  const { counts, groups, error } = JSON.parse(found.ended) as {
    readonly counts: { readonly failed: number };
    readonly groups?: { readonly failed: number };
    readonly error?: { readonly message: string };
  };
  return { id, status, failed: counts.failed + (groups?.failed ?? 0), ...(error && { error: error.message }) };
}

/** Without a moment in which anything else could happen, unlike `whenFree`. */
function patiently(act: () => void): void {
  for (let tries = 1; ; tries++) {
    try {
      act();
      return;
    } catch (error) {
      if (!isLocked(error) || tries === maxTries) throw error;
    }
  }
}

function refuseServer(found: StoredServer | undefined, now: number): void {
  if (!found || !isHeld(found.owner, found.heard_at, now)) return;
  const { pid, host, url } = heldServer(found);
  const where = url === undefined ? '' : ` at ${url}`;
  throw new MillraceError('SERVER_BUSY', `The process ${pid} on ${host} starts the schedules of this journal${where}.`);
}

function heldServer({ owner, url }: StoredServer): HeldServer {
  const { pid, host } = JSON.parse(owner) as Lease;
  return { pid, host, ...(url !== null && { url }) };
}
