import type { Database } from './database.ts';

/** Where in a row an answer belongs. */
export interface AnswerPlace {
  readonly step: string;
  /** The place of the `item`; -1 without `for`. */
  readonly element: number;
  /** The round of a `repeat`, or the level of a fold; 0 without. */
  readonly round: number;
  /** Of a prompt that was cut: the piece, such as `2`, or `2.0` where that was cut again; empty for a whole prompt. */
  readonly piece: string;
  /** How many answers to this question did not fit before this one. */
  readonly asked: number;
}

/** An answer as the journal has it. */
export interface StoredAnswer {
  readonly step: string;
  readonly element: number;
  readonly round: number;
  readonly piece: string;
  readonly asked: number;
  /** The hash of all that decides it. */
  readonly request: string;
  readonly attempt: number;
  readonly host: string | null;
  /** JSON: what was sent. */
  readonly talk: string;
  readonly text: string | null;
  readonly thinking: string | null;
  /** JSON, of a kind whose answer is no text. */
  readonly value: string | null;
  readonly truncated: number;
  /** JSON. */
  readonly usage: string | null;
  readonly determined: number | null;
  readonly at: number;
}

const columns =
  'step, element, round, piece, asked, request, attempt, host, talk, text, thinking, value, truncated, usage, determined, at';

/** The answers of all rows. */
export type AnswerTable = ReturnType<typeof createAnswerTable>;

/** Prepares what is asked and written of answers. */
export function createAnswerTable(database: Database) {
  const ofRow = database.prepare(`SELECT ${columns} FROM answers WHERE row = ? ORDER BY at`);
  const sameInRun = database.prepare(
    `SELECT ${columns} FROM answers JOIN (SELECT row AS number, run AS of_run FROM rows) ON number = answers.row
     WHERE request = ? AND determined = 1 AND of_run = ? LIMIT 1`,
  );
  const same = database.prepare(`SELECT ${columns} FROM answers WHERE request = ? AND determined = 1 LIMIT 1`);
  const put = database.prepare(
    `INSERT OR REPLACE INTO answers (row, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare(
    'DELETE FROM answers WHERE row = ? AND step = ? AND element = ? AND round = ? AND piece = ? AND asked = ?',
  );
  const putFailure = database.prepare(
    'INSERT INTO failures (row, step, element, round, piece, attempt, error, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const removeFailures = database.prepare('DELETE FROM failures WHERE row = ?');

  return {
    ofRow: (row: number) => ofRow.all(row) as StoredAnswer[],
    /** An answer to the very same request that would be given again. */
    sameInRun: (request: string, run: number) => sameInRun.get(request, run) as StoredAnswer | undefined,
    /** The same, of any run. */
    same: (request: string) => same.get(request) as StoredAnswer | undefined,
    put: (row: number, answer: StoredAnswer): void => {
      const { step, element, round, piece, asked, request, attempt, host, talk, text, thinking, value } = answer;
      const { truncated, usage, determined, at } = answer;
      put.run(
        row,
        step,
        element,
        round,
        piece,
        asked,
        request,
        attempt,
        host,
        talk,
        text,
        thinking,
        value,
        truncated,
        usage,
        determined,
        at,
      );
    },
    remove: (row: number, { step, element, round, piece, asked }: AnswerPlace): void => {
      remove.run(row, step, element, round, piece, asked);
    },
    putFailure: (
      row: number,
      { step, element, round, piece }: AnswerPlace,
      attempt: number,
      error: string,
      at: number,
    ): void => {
      putFailure.run(row, step, element, round, piece, attempt, error, at);
    },
    removeFailures: (row: number): void => {
      removeFailures.run(row);
    },
  };
}
