/** How often a host that is down is asked whether it is there again. */
export interface ProbePace {
  /** Until the first probe; each further one waits twice as long. Default: 500 ms. */
  readonly firstDelayMs?: number | undefined;
  /** Default: 10 s. */
  readonly longestDelayMs?: number | undefined;
  /** From 0 up to 1, for tests. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Milliseconds until a probe. Half of them by chance, so that many clients of a host that comes back do not ask in step.
 *
 * @param count Probes that have failed.
 */
export function probeDelayMs(
  count: number,
  { firstDelayMs = 500, longestDelayMs = 10_000, random = Math.random }: ProbePace,
): number {
  const full = Math.min(firstDelayMs * 2 ** count, longestDelayMs);
  return Math.round(full / 2 + (full / 2) * random());
}
