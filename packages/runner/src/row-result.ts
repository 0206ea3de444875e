import { codes, type ErrorCode, type ErrorDescription } from '@millrace/errors';
import type { GroupEnd, RowEnd, StepEnd } from './events.ts';
import type { RowResult } from './journal/row-table.ts';
import { labelsJson } from './label-values.ts';
import { addTokens, noTokens } from './token-tally.ts';

/** What the journal keeps of a row that has ended. @param read The row as far as it could be read. */
export function resultOfRow(
  end: RowEnd,
  read: unknown,
  steps: readonly StepEnd[],
  labels: readonly string[],
): RowResult {
  let tokens = noTokens;
  for (const { usage } of steps) tokens = addTokens(tokens, usage);
  return {
    status: end.status,
    result: end.fields ? JSON.stringify(end.fields) : null,
    ...failureOf(end, read ?? null),
    labels: labelsJson(labels, steps),
    ...tokens,
  };
}

/** The same of a group of a reduce. */
export function resultOfGroup(end: GroupEnd): RowResult {
  const { status, group, count, value = null, usage } = end;
  return {
    status,
    result: status === 'failed' ? null : JSON.stringify({ group, count, value }),
    ...failureOf(end, group),
    labels: null,
    promptTokens: usage?.promptTokens ?? 0,
    outputTokens: usage?.outputTokens ?? 0,
  };
}

function failureOf(end: RowEnd | GroupEnd, row: unknown): Pick<RowResult, 'failure' | 'cause'> {
  const { status, error, answer = null, attempts = 0 } = end;
  if (status !== 'failed') return { failure: null, cause: null };
  return { failure: JSON.stringify({ row, error, answer, attempts }), cause: error ? causeOf(error) : null };
}

/** The word of `retry` for an error, or its code: what `runs retry --cause` asks for. */
export function causeOf(error: ErrorDescription): string {
  const { code } = error.code === 'STEP_FAILED' && error.cause ? error.cause : error;
  return (Object.hasOwn(codes, code) ? codes[code as ErrorCode].retry : null) ?? code;
}
