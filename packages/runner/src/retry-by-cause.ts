import { isMillraceError, type OllamaErrorDetails, type RetryCause } from '@millrace/errors';

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

/**
 * The cause for which a failed call may be made again, or undefined where it may not.
 *
 * @param own What the step says in place of `retryLimits`.
 */
export function retryCause(error: unknown, counts: RetryCounts, own: RetryCounts = {}): RetryCause | undefined {
  const cause = isMillraceError(error) ? error.retry : null;
  return cause !== null && (counts[cause] ?? 0) < (own[cause] ?? retryLimits[cause]) ? cause : undefined;
}

const longestDelayMs = 10_000;

/**
 * The longest pause that a server is granted. One that asks for more is asked again earlier: a row that failed at once would take all
 * that follow with it, a night's work for an hour's limit. Twenty refusals at this pace, more than one and a half hours, end it all the same.
 */
const longestPauseMs = 300_000;

/**
 * Milliseconds to wait before a retry: the pause that the server asked for, and behind it a time that doubles from a quarter second,
 * half of it by chance so that callers do not march in step, above all those that were told the same pause.
 */
export function retryDelayMs(error: unknown, cause: RetryCause, count: number, random: () => number): number {
  return Math.min(askedPauseMs(error), longestPauseMs) + backOffMs(cause, count, random);
}

// By its shape, not its class: the client may come with another copy of the errors.
function askedPauseMs(error: unknown): number {
  return (error as { readonly details?: OllamaErrorDetails }).details?.retryAfterMs ?? 0;
}

function backOffMs(cause: RetryCause, count: number, random: () => number): number {
  if (cause === 'invalid' || cause === 'length') return 0;
  const full = Math.min(250 * 2 ** count, longestDelayMs);
  return Math.round(full / 2 + (full / 2) * random());
}
