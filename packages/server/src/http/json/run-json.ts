import type { FailureCause, ListedRun, RunCounts, RunTokens, ShownRun } from '@millrace/runner';
import { isoTime } from '../../times/iso-time.ts';

/** A run as programs read it; times are ISO 8601. */
export interface RunJson {
  readonly id: string;
  readonly workflow: string;
  readonly file: string;
  readonly status: ListedRun['status'];
  readonly due?: string;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly counts: RunCounts;
}

/** What `runs --format json` and the HTTP API say of a run. */
export const runJson = ({ id, workflow, file, status, due, startedAt, endedAt, counts }: ListedRun): RunJson => ({
  id,
  workflow,
  file,
  status,
  ...(due !== undefined && { due: isoTime(due) }),
  started_at: isoTime(startedAt),
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
  counts,
});

/** All that is known of a run but its rows. */
export function runDetailJson(run: ShownRun) {
  const { isReplaced, invocation, models, owner, causes, retryCauses, files, groups, tokens, reusedTokens, error } =
    run;
  return {
    ...runJson(run),
    ...(isReplaced && { replaced: true }),
    invocation,
    models,
    owner,
    causes: causes.map(causeJson),
    retry_causes: retryCauses,
    files: files.map(({ path, bytes, isFinished }) => ({ path, bytes, finished: isFinished })),
    groups,
    ...(tokens && { tokens: tokensJson(tokens) }),
    ...(reusedTokens && { reused_tokens: tokensJson(reusedTokens) }),
    error,
  };
}

/** Tokens of answers. */
export const tokensJson = ({ promptTokens, outputTokens }: RunTokens) => ({
  prompt_tokens: promptTokens,
  output_tokens: outputTokens,
});

/** Rows that failed alike. */
export const causeJson = ({ code, message, count, keys }: FailureCause) => ({ code, message, count, keys });
