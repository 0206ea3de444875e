import type { Usage } from '@millrace/core';
import { type ErrorDescription, MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import type { RunTokens } from '../events.ts';
import type { TalkTurn } from '../step-kind.ts';
import type { StoredAnswer } from './answer-table.ts';
import type { Database } from './database.ts';
import { type RunRecord, recordOf } from './list-runs.ts';
import type { RowStatus } from './row-table.ts';

/** A row, or a group of a reduce, with all that was asked for it. */
export interface ShownRow {
  readonly key: string;
  /** Absent for a row of the input, else the reduce. */
  readonly step?: string;
  /** Such as `line 17`. */
  readonly place: string;
  /** Absent while it is in work. */
  readonly status?: RowStatus;
  readonly endedAt?: number;
  /** The fields that are saved; of a group its value. */
  readonly result?: unknown;
  readonly error?: ErrorDescription;
  readonly tokens: RunTokens;
  readonly answers: readonly ShownAnswer[];
  /** Attempts that gave no answer that could be used. */
  readonly failures: readonly ShownFailure[];
}

interface OfCall {
  readonly step: string;
  /** The place of the `item` in a step with `for`. */
  readonly element?: number;
  /** The round of a `repeat` or of a fold. */
  readonly round?: number;
  /** The piece of a prompt that did not fit, such as `2`, or `2.0` where it was cut again. */
  readonly piece?: string;
  readonly attempt: number;
  readonly at: number;
}

/** An answer of a model, or the value of another kind of step. */
export interface ShownAnswer extends OfCall {
  readonly host?: string;
  readonly sent: readonly TalkTurn[];
  readonly text?: string;
  readonly thinking?: string;
  readonly value?: unknown;
  /** It was cut by a limit. */
  readonly isTruncated: boolean;
  readonly usage?: Usage;
}

/** An attempt that failed. */
export interface ShownFailure extends OfCall {
  readonly error: ErrorDescription;
}

interface RowRecord {
  readonly row: number;
  readonly step: string;
  readonly key: string | null;
  readonly place: string;
  readonly status: RowStatus | null;
  readonly result: string | null;
  readonly failure: string | null;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly ended_at: number | null;
}

/** @throws {MillraceError} `RUN_NOT_FOUND`, `USAGE_INVALID`. */
export function showRow(database: Database, id: string, key: string): ShownRow {
  const run = recordOf(database, id);
  const row = rowOf(database, run, key);
  const { answers, failures } = callsOf(database, row.row);
  const failure = row.failure === null ? undefined : JSON.parse(row.failure);
  return {
    key: row.step === '' ? (row.key ?? row.place) : row.place,
    ...(row.step !== '' && { step: row.step }),
    place: row.place,
    ...(row.status !== null && { status: row.status }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    ...(row.result !== null && { result: JSON.parse(row.result) }),
    ...(failure?.error && { error: failure.error }),
    tokens: { promptTokens: row.prompt_tokens ?? 0, outputTokens: row.output_tokens ?? 0 },
    answers,
    failures,
  };
}

function rowOf(database: Database, { run, id }: RunRecord, key: string): RowRecord {
  const columns = 'row, step, key, place, status, result, failure, prompt_tokens, output_tokens, ended_at';
  const ask = (where: string, ...words: string[]) =>
    database.prepare(`SELECT ${columns} FROM rows WHERE run = ? AND ${where} LIMIT 1`).get(run, ...words) as
      | RowRecord
      | undefined;
  const found =
    ask("step = '' AND key = ?", key) ??
    ask("step = '' AND key IS NULL AND place = ?", key) ??
    ask("step <> '' AND (key = ? OR place = ?)", key, key);
  if (found) return found;
  const near = database.prepare("SELECT key FROM rows WHERE run = ? AND step = '' AND key >= ? ORDER BY key LIMIT 50");
  const keys = (near.all(run, key.slice(0, 1)) as { key: string }[]).map((row) => row.key);
  throw new MillraceError('USAGE_INVALID', `The run ${id} has no row with the key \`${key}\`.`, {
    hint: didYouMean(key, keys) || 'Keys are those of the results: see `millrace runs export`.',
  });
}

type Placed = { readonly element: number; readonly round: number; readonly piece: string };

const placeOf = ({ element, round, piece }: Placed) => ({
  ...(element >= 0 && { element }),
  ...(round > 0 && { round }),
  ...(piece !== '' && { piece }),
});

function callsOf(database: Database, row: number): Pick<ShownRow, 'answers' | 'failures'> {
  const answers = database
    .prepare('SELECT * FROM answers WHERE row = ? ORDER BY at, step, element, round, piece, asked')
    .all(row) as unknown as StoredAnswer[];
  const failures = database
    .prepare('SELECT * FROM failures WHERE row = ? ORDER BY at')
    .all(row) as unknown as (Placed & {
    step: string;
    attempt: number;
    error: string;
    at: number;
  })[];
  return {
    answers: answers.map(shownAnswer),
    failures: failures.map(({ step, attempt, error, at, ...place }) => ({
      step,
      ...placeOf(place),
      attempt,
      at,
      error: JSON.parse(error) as ErrorDescription,
    })),
  };
}

function shownAnswer(answer: StoredAnswer): ShownAnswer {
  const { step, attempt, at, host, talk, text, thinking, value, truncated, usage } = answer;
  const sent = JSON.parse(talk) as TalkTurn[] | { readonly whole: TalkTurn[] };
  return {
    step,
    ...placeOf(answer),
    attempt,
    at,
    ...(host !== null && { host }),
    sent: Array.isArray(sent) ? sent : sent.whole,
    ...(text !== null && { text }),
    ...(thinking !== null && { thinking }),
    ...(value !== null && { value: JSON.parse(value) }),
    isTruncated: truncated === 1,
    ...(usage !== null && { usage: JSON.parse(usage) as Usage }),
  };
}
