import type { Schedule } from '@millrace/schema';

/** What is there of the runs of a schedule when it is due. */
export interface RunsThere {
  readonly running: number;
  /** Runs that wait for one before them. */
  readonly queued: number;
}

/** `replace`: stop what runs, drop what waits, then start. */
export type OverlapDecision = 'start' | 'queue' | 'replace' | 'skip';

/** What becomes of a run that is due while others of its schedule may be there. */
export function decideOverlap(overlap: Schedule['overlap'], { running, queued }: RunsThere): OverlapDecision {
  if (overlap === 'allow' || running + queued === 0) return 'start';
  return overlap;
}
