import type { Usage } from '@millrace/core';
import type { ListedRow, ShownAnswer, ShownFailure, ShownRow } from '@millrace/runner';
import { isoTime } from '../../times/iso-time.ts';
import { tokensJson } from './run-json.ts';

/** A row as lists have it. */
export const rowJson = ({ endedAt, tokens, ...row }: ListedRow): object => ({
  ...row,
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
  tokens: tokensJson(tokens),
});

/** A row, with all that was asked for it. */
export const rowDetailJson = ({ endedAt, tokens, answers, failures, ...row }: ShownRow): object => ({
  ...row,
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
  tokens: tokensJson(tokens),
  answers: answers.map(answerJson),
  failures: failures.map(failureJson),
});

const answerJson = ({ at, isTruncated, usage, sent, ...answer }: ShownAnswer) => ({
  ...answer,
  at: isoTime(at),
  sent: sent.map(({ role, content }) => ({ role, content })),
  truncated: isTruncated,
  ...(usage && { usage: usageJson(usage) }),
});

const failureJson = ({ at, ...failure }: ShownFailure) => ({ ...failure, at: isoTime(at) });

const usageJson = ({ promptTokens, outputTokens, totalMs, loadMs, promptMs, outputMs }: Usage) => ({
  prompt_tokens: promptTokens,
  output_tokens: outputTokens,
  total_ms: totalMs,
  load_ms: loadMs,
  prompt_ms: promptMs,
  output_ms: outputMs,
});
