import type { RunEnd } from '../events.ts';
import type { GroupName } from '../reduce/group-name.ts';
import { createAnswerTable, type StoredAnswer } from './answer-table.ts';
import { type BegunRun, checkLease } from './begin-run.ts';
import { createBegunKeys } from './begun-keys.ts';
import { createCommitGroup, transact } from './commit-group.ts';
import type { Database } from './database.ts';
import { createFileTable, type FileState } from './file-table.ts';
import { createItemTable } from './item-table.ts';
import { journalError, told } from './journal-error.ts';
import { giveUp, heartbeatMs } from './lease.ts';
import { createParkedTable, type ParkedRow } from './parked-table.ts';
import { countsOf } from './row-counts.ts';
import { createRowRecord, type RowRecord } from './row-record.ts';
import { createRowTable, type RowPlace, type StoredRow } from './row-table.ts';
import { createRowTally } from './row-tally.ts';
import { whenFree } from './when-free.ts';

/** The journal of one run, held by this process until it is released. */
export interface RunJournal {
  readonly id: string;
  /** Milliseconds since 1970: when it was begun, by whichever process. */
  readonly startedAt: number;
  readonly found: BegunRun['found'];
  /** A process that held it before may still be there, and write to its files. */
  readonly mayWake: boolean;
  readonly pass: number;
  /** How the run ended, where it was finished. */
  readonly ended: RunEnd | undefined;
  /** A row by its key, whatever pass it is from. */
  find(step: string, key: string): StoredRow | undefined;
  /** A row without a key, of this pass. */
  findUnkeyed(position: number): StoredRow | undefined;
  /** Begins a row, or goes on with it. @param definition A hash of what its result depends on in the workflow. @param wasParked It waited for this stage of the run. */
  begin(place: RowPlace, stored: StoredRow | undefined, definition: string, wasParked?: boolean): RowRecord;
  /** Takes a row that has ended over into this pass; resolves when that is durable, as `RowRecord.end`. */
  carry(stored: StoredRow, place: RowPlace): Promise<number>;
  /** Rows of this pass that have ended, in the order of the input, or in which they ended, from a place on; at most `limit`. */
  endedFrom(step: string, order: 'input' | 'completion', next: number, limit: number): readonly StoredRow[];
  /** Rows that wait for a model, in the order of the input; to be asked for when those before are durable. */
  parkedFor(model: string): Iterable<ParkedRow>;
  /** The first position that waits for another model. */
  lowestParkedBut(model: string): number | undefined;
  /** Forgets which rows wait, since all are read again. */
  clearParked(): void;
  /** An answer of this run, or of any, to the same request, where the request determines it. */
  same(request: string, scope: 'run' | 'shared'): StoredAnswer | undefined;
  /** In the order in which the input first has them; to be read when all rows are final. Few of them are in memory. */
  groups(reduce: string): Iterable<{ readonly group: GroupName; readonly count: number }>;
  /** The items of a group in the order of the input, each time from the first one. Few of them are in memory. */
  itemsOf(reduce: string, group: GroupName): Iterable<unknown>;
  file(path: string): FileState | undefined;
  /** Notes how far a file is written, with the next commit. @param isOfRow Whether it is a file of its own for a row. */
  putFile(path: string, state: FileState, isOfRow?: boolean): void;
  /** The files of their own that rows have, with the last pass that had the row. */
  filesOfRows(): readonly { readonly path: string; readonly pass: number }[];
  forgetFile(path: string): void;
  putModels(models: Readonly<Record<string, string>>): void;
  /** Resolves when all that was written so far is durable. @throws {MillraceError} As `CommitGroup.committed`. */
  committed(): Promise<void>;
  /** @throws {MillraceError} As `committed`, where a commit has failed: nothing is to be written any more, in no file either. */
  refuseIfFailed(): void;
  /** Commits what waits, notes how the run ended, and releases it. */
  end(event: RunEnd): Promise<void>;
  /** Commits what waits and releases the run as it is; may be called twice, and after `end`. */
  release(): Promise<void>;
}

/** @param path For messages. */
export function createRunJournal(database: Database, path: string, run: BegunRun): RunJournal {
  const rows = createRowTable(database, run.run);
  const answers = createAnswerTable(database);
  const items = createItemTable(database, run.run);
  const files = createFileTable(database, run.run);
  const parked = createParkedTable(database, run.run);
  const toldEach = <Value>(ask: () => Iterable<Value>): Iterable<Value> => ({
    *[Symbol.iterator]() {
      try {
        yield* ask();
      } catch (error) {
        throw journalError(path, error);
      }
    },
  });
  const tally = createRowTally(countsOf(database, run));
  const commits = createCommitGroup(database, { path, check: checkLease(database, run, tally) });
  // A run that waits for its model commits nothing; its lease must be seen all the same.
  const heart = setInterval(() => commits.add(() => {}), heartbeatMs).unref();
  /** Of a run that was not there before, the journal has no row but those that were begun here. */
  const begunKeys = run.found === 'nothing' ? createBegunKeys() : undefined;
  const byKey = told(path, rows.byKey);
  let sequence = run.found === 'nothing' ? 0 : rows.nextSequence();
  const nextSequence = (): number => sequence++;
  let released: Promise<void> | undefined;

  const free = database.prepare('UPDATE runs SET owner = NULL WHERE run = ? AND owner = ?');
  const letGo = async (): Promise<void> => {
    clearInterval(heart);
    commits.add(() => free.run(run.run, run.lease));
    try {
      await commits.flush();
    } catch (error) {
      // What could not be written is lost with this process; that it lets go may be written all the same.
      await whenFree(() => transact(database, [() => free.run(run.run, run.lease)])).catch(() => giveUp(run.lease));
      throw error;
    }
  };
  const release = (): Promise<void> => {
    released ??= letGo();
    return released;
  };

  return {
    id: run.id,
    startedAt: run.started_at,
    found: run.found,
    mayWake: run.mayWake,
    pass: run.pass,
    ended: run.ended === null ? undefined : (JSON.parse(run.ended) as RunEnd),
    find: (step, key) => (step === '' && begunKeys?.mayHave(key) === false ? undefined : byKey(step, key)),
    findUnkeyed: told(path, (position) => rows.unkeyedAt('', run.pass, position)),
    begin: told(path, (place, stored, definition, wasParked = false) => {
      if (place.step === '' && place.key !== null) begunKeys?.add(place.key);
      const { pass } = run;
      const tools = { rows, answers, items, parked, tally, commits, pass, definition, nextSequence };
      return createRowRecord(place, stored, wasParked, tools);
    }),
    carry: async (stored, { position, place }) => {
      const next = nextSequence();
      commits.add(() => rows.move(stored.row, run.pass, position, place, next));
      if (stored.status) tally.add(stored.status, stored.pass === run.pass ? stored.status : null);
      await commits.committed();
      return next;
    },
    endedFrom: told(path, (step, order, next, limit) =>
      order === 'input'
        ? rows.fromPosition(step, run.pass, next, limit)
        : rows.fromSequence(step, run.pass, next, limit),
    ),
    parkedFor: (model) => toldEach(() => parked.of(model)),
    lowestParkedBut: told(path, parked.lowestButOf),
    clearParked: () => commits.add(parked.clear),
    same: told(path, (request, scope) =>
      scope === 'run' ? answers.sameInRun(request, run.run) : answers.same(request),
    ),
    groups: (reduce) => toldEach(() => items.groups(reduce, run.pass)),
    itemsOf: (reduce, group) => toldEach(() => items.itemsOf(reduce, run.pass, group)),
    file: told(path, files.get),
    putFile: (file, state, isOfRow = false) => commits.add(() => files.put(file, state, isOfRow)),
    filesOfRows: told(path, files.ofRows),
    forgetFile: (file) => commits.add(() => files.remove(file)),
    putModels: (models) =>
      commits.add(() => {
        database.prepare('UPDATE runs SET models = ? WHERE run = ?').run(JSON.stringify(models), run.run);
      }),
    committed: commits.committed,
    refuseIfFailed: commits.refuseIfFailed,
    end: (event) => {
      commits.add(() => {
        const note = database.prepare('UPDATE runs SET status = ?, ended_at = ?, ended = ? WHERE run = ?');
        note.run(event.status, event.at, JSON.stringify(event), run.run);
      });
      return release();
    },
    release,
  };
}
