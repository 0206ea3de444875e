import { isMillraceError, type RetryCause } from '@millrace/errors';

/** How often each cause is tried again, in one step of one row. Invalid and cut answers get other requests, see `run-step.ts`. */
export const retryLimits: Readonly<Record<RetryCause, number>> = {
  busy: 20,
  unreachable: 5,
  crashed: 3,
  cut: 3,
  invalid: 2,
  length: 1,
  idle: 1,
};

/** How often each cause has come up so far. */
export type RetryCounts = Readonly<Partial<Record<RetryCause, number>>>;

/** The cause for which a failed call may be made again, or undefined where it may not. */
export function retryCause(error: unknown, counts: RetryCounts): RetryCause | undefined {
  const cause = isMillraceError(error) ? error.retry : null;
  return cause !== null && (counts[cause] ?? 0) < retryLimits[cause] ? cause : undefined;
}

const longestDelayMs = 10_000;

/** Milliseconds to wait before a retry: doubling from a quarter second, half of it by chance so that callers do not march in step. */
export function retryDelayMs(cause: RetryCause, count: number, random: () => number): number {
  if (cause === 'invalid' || cause === 'length') return 0;
  const full = Math.min(250 * 2 ** count, longestDelayMs);
  return Math.round(full / 2 + (full / 2) * random());
}
