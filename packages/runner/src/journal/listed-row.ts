import type { ErrorDescription } from '@millrace/errors';
import type { RunTokens } from '../events.ts';
import type { RowStatus } from './row-table.ts';

/** A row, or a group of a reduce, as lists have it: all but what was asked for it. */
export interface ListedRow {
  /** Of a row that could not be read its place. */
  readonly key: string;
  /** Absent for a row of the input, else the reduce. */
  readonly step?: string;
  /** Its place in the input, or among the groups, counted from 0. */
  readonly index: number;
  /** Such as `line 17`. */
  readonly place: string;
  /** Absent while it is in work. */
  readonly status?: RowStatus;
  /** Milliseconds since 1970. */
  readonly endedAt?: number;
  /** The fields that are saved; of a group `group`, `count` and `value`. */
  readonly result?: unknown;
  readonly error?: ErrorDescription;
  /** The last text of the model, where the failure kept it. */
  readonly answer?: string;
  /** How often the call that failed was made. */
  readonly attempts?: number;
  readonly tokens: RunTokens;
}

/** A row as its table has it, without what is long and not listed. */
export interface RowRecord {
  readonly step: string;
  readonly position: number;
  readonly key: string | null;
  readonly place: string;
  readonly status: RowStatus | null;
  readonly sequence: number | null;
  readonly result: string | null;
  /** JSON: error, answer, attempts; not the row. */
  readonly failure: string | null;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly ended_at: number | null;
}

/** What of a row is read for a list: of a failure all but the row, which may be long. */
export const listedColumns = `step, position, key, place, status, sequence, result,
  CASE WHEN failure IS NULL THEN NULL ELSE json_remove(failure, '$.row') END AS failure, prompt_tokens, output_tokens, ended_at`;

/** Bytes that a row takes, about. */
export const sizeOf = ({ key, result, failure }: RowRecord): number =>
  200 + (key?.length ?? 0) + (result?.length ?? 0) + (failure?.length ?? 0);

/** A row as it is listed. */
export function listedRow(row: RowRecord): ListedRow {
  const { step, position, key, place, status, result, prompt_tokens, output_tokens, ended_at } = row;
  return {
    key: step === '' ? (key ?? place) : place,
    ...(step !== '' && { step }),
    index: position,
    place,
    ...(status !== null && { status }),
    ...(ended_at !== null && { endedAt: ended_at }),
    ...(result !== null && { result: JSON.parse(result) as unknown }),
    ...(row.failure !== null && failureOf(row.failure)),
    tokens: { promptTokens: prompt_tokens ?? 0, outputTokens: output_tokens ?? 0 },
  };
}

function failureOf(text: string): Pick<ListedRow, 'error' | 'answer' | 'attempts'> {
  const { error, answer, attempts } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof error === 'object' && error !== null && { error: error as ErrorDescription }),
    ...(typeof answer === 'string' && { answer }),
    ...(typeof attempts === 'number' && attempts > 0 && { attempts }),
  };
}
