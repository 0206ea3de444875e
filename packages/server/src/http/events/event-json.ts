import type { EndedPage, EndedRow, ListedRun } from '@millrace/runner';
import { isoTime } from '../../times/iso-time.ts';
import { causeJson, tokensJson } from '../json/run-json.ts';

/** An event; what else it has is written in docs/api.md. */
export type EventJson = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The first event of a stream from the beginning, and of each pass that begins while it goes on. */
export const runStartJson = ({ id, workflow, file, due, startedAt, counts }: ListedRun): EventJson => ({
  type: 'run-start',
  id,
  workflow,
  file,
  ...(due !== undefined && { due: isoTime(due) }),
  started_at: isoTime(startedAt),
  counts,
});

/** A row, or a group of a reduce, is final. */
export const rowEndJson = ({
  key,
  step,
  index,
  place,
  status,
  endedAt,
  result,
  tokens,
  ...ending
}: EndedRow): EventJson => ({
  type: step === undefined ? 'row-end' : 'group-end',
  key,
  ...(step !== undefined && { step }),
  index,
  place,
  status,
  ...(endedAt !== undefined && { at: isoTime(endedAt) }),
  ...(step === undefined ? result !== undefined && { fields: result } : groupOf(result)),
  ...(ending.error && { error: ending.error }),
  ...(ending.answer !== undefined && { answer: ending.answer }),
  ...(ending.attempts !== undefined && { attempts: ending.attempts }),
  tokens: tokensJson(tokens),
});

/** `group`, `count` and `value` of a group that did not fail. */
const groupOf = (result: unknown): object => (typeof result === 'object' && result !== null ? result : {});

/** The last event: nobody works on the run. */
export const runEndJson = ({ run, end }: EndedPage): EventJson => ({
  type: 'run-end',
  status: run.status,
  ...(run.endedAt !== undefined && { at: isoTime(run.endedAt) }),
  counts: run.counts,
  ...(end?.groups && { groups: end.groups }),
  ...(end && { tokens: tokensJson(end.tokens), duration_ms: end.durationMs }),
  ...(end?.reusedTokens && { reused_tokens: tokensJson(end.reusedTokens) }),
  ...(end?.causes && { causes: end.causes.map(causeJson) }),
  ...(end?.error && { error: end.error }),
  ...(end?.to !== undefined && { to: end.to }),
});
