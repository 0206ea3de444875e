import type { Schedule } from '@millrace/schema';

/** How a run of a schedule ended; `stopped` by somebody, or replaced by the next one: neither a success nor a failure. */
export type RunResult = 'ok' | 'failed' | 'stopped';

/**
 * Whether so many runs in a row have failed that the schedule pauses.
 *
 * @param results The latest last; those since somebody let the schedule go on.
 */
export function isPausedByFailures(
  { pauseOnFailure }: Pick<Schedule, 'pauseOnFailure'>,
  results: readonly RunResult[],
): boolean {
  if (pauseOnFailure === undefined) return false;
  const latest = results.filter((result) => result !== 'stopped').slice(-pauseOnFailure);
  return latest.length >= pauseOnFailure && latest.every((result) => result === 'failed');
}
