import type { Database } from './database.ts';

/** How a row, or a group of a reduce, ended. */
export type RowStatus = 'ok' | 'degraded' | 'failed' | 'skipped';

/** Where a row stands in the input, or a group among the groups. */
export interface RowPlace {
  /** Empty for a row of the input, else the reduce. */
  readonly step: string;
  readonly position: number;
  /** Null where the row could not be read. */
  readonly key: string | null;
  /** For messages, such as `line 17`. */
  readonly place: string;
  /** Of its content. */
  readonly hash: string | null;
}

/** What a row came to. JSON where it says so. */
export interface RowResult {
  readonly status: RowStatus;
  /** JSON: the fields that are saved; null where nothing is. */
  readonly result: string | null;
  /** JSON: what goes to the errors file; null where it did not fail. */
  readonly failure: string | null;
  /** The word of `retry`, or the code of the error. */
  readonly cause: string | null;
  /** JSON: the values that the summary counts; null where there are none. */
  readonly labels: string | null;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** A row as the journal has it. */
export interface StoredRow {
  readonly row: number;
  readonly pass: number;
  readonly position: number;
  readonly key: string | null;
  readonly place: string;
  readonly hash: string | null;
  readonly definition: string | null;
  /** Null while it is in work. */
  readonly status: RowStatus | null;
  readonly sequence: number | null;
  readonly result: string | null;
  readonly failure: string | null;
  readonly cause: string | null;
  readonly labels: string | null;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
}

/** What is written beside a place and a result. */
export interface RowStamp {
  readonly pass: number;
  readonly definition: string;
  /** Null where the row has not ended. */
  readonly sequence: number | null;
  readonly at: number | null;
}

const columns =
  'row, pass, position, key, place, hash, definition, status, sequence, result, failure, cause, labels, prompt_tokens, output_tokens';

/** The rows of one run. */
export type RowTable = ReturnType<typeof createRowTable>;

/** Prepares what is asked and written of the rows of a run. */
export function createRowTable(database: Database, run: number) {
  const byKey = database.prepare(`SELECT ${columns} FROM rows WHERE run = ? AND step = ? AND key = ?`);
  const unkeyed = database.prepare(
    `SELECT ${columns} FROM rows WHERE run = ? AND step = ? AND pass = ? AND position = ? AND key IS NULL`,
  );
  const fromPosition = database.prepare(
    `SELECT ${columns} FROM rows WHERE run = ? AND step = ? AND pass = ? AND position >= ? AND status IS NOT NULL
     ORDER BY position LIMIT ?`,
  );
  const afterSequence = database.prepare(
    `SELECT ${columns} FROM rows WHERE run = ? AND step = ? AND pass = ? AND sequence >= ? AND status IS NOT NULL
     ORDER BY sequence LIMIT ?`,
  );
  const insert = database.prepare(
    `INSERT INTO rows (run, step, pass, position, key, place, hash, definition, status, sequence, result, failure, cause, labels,
       prompt_tokens, output_tokens, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE rows SET pass = ?, position = ?, place = ?, hash = ?, definition = ?, status = ?, sequence = ?, result = ?, failure = ?,
       cause = ?, labels = ?, prompt_tokens = ?, output_tokens = ?, ended_at = ? WHERE row = ?`,
  );
  const move = database.prepare('UPDATE rows SET pass = ?, position = ?, place = ?, sequence = ? WHERE row = ?');
  const highest = database.prepare(
    'SELECT sequence FROM rows WHERE run = ? AND sequence IS NOT NULL ORDER BY pass DESC, sequence DESC LIMIT 1',
  );

  const ending = (result: RowResult | undefined) =>
    [result?.result ?? null, result?.failure ?? null, result?.cause ?? null, result?.labels ?? null] as const;
  const tokens = (result: RowResult | undefined) =>
    [result?.promptTokens ?? null, result?.outputTokens ?? null] as const;

  return {
    byKey: (step: string, key: string) => byKey.get(run, step, key) as StoredRow | undefined,
    unkeyedAt: (step: string, pass: number, position: number) =>
      unkeyed.get(run, step, pass, position) as StoredRow | undefined,
    /** Rows that have ended, in the order of the input, from a position on. */
    fromPosition: (step: string, pass: number, position: number, limit: number) =>
      fromPosition.all(run, step, pass, position, limit) as StoredRow[],
    /** The same in the order in which they ended. */
    fromSequence: (step: string, pass: number, sequence: number, limit: number) =>
      afterSequence.all(run, step, pass, sequence, limit) as StoredRow[],
    /** The rows of the latest pass ended last. */
    nextSequence: () => ((highest.get(run) as { sequence: number } | undefined)?.sequence ?? -1) + 1,
    /** Returns the row's number. */
    insert: (place: RowPlace, stamp: RowStamp, result: RowResult | undefined): number =>
      Number(
        insert.run(
          run,
          place.step,
          stamp.pass,
          place.position,
          place.key,
          place.place,
          place.hash,
          stamp.definition,
          result?.status ?? null,
          stamp.sequence,
          ...ending(result),
          ...tokens(result),
          stamp.at,
        ).lastInsertRowid,
      ),
    update: (row: number, place: RowPlace, stamp: RowStamp, result: RowResult | undefined): void => {
      update.run(
        stamp.pass,
        place.position,
        place.place,
        place.hash,
        stamp.definition,
        result?.status ?? null,
        stamp.sequence,
        ...ending(result),
        ...tokens(result),
        stamp.at,
        row,
      );
    },
    /** Takes a row that has ended over into a later pass. */
    move: (row: number, pass: number, position: number, place: string, sequence: number): void => {
      move.run(pass, position, place, sequence, row);
    },
  };
}
