import type { RunCounts } from '../events.ts';
import type { RowStatus } from './row-table.ts';

/** Counts how the rows of a run end, while this process executes it. */
export interface RowTally {
  /** A row of the input ends, or is taken over. @param before How it had ended in this pass. */
  add(status: RowStatus, before?: RowStatus | null): void;
  /** With all that was added: what is written now is committed together with those ends, or not at all. */
  readonly counts: Readonly<Record<RowStatus, number>>;
}

/** @param begun What the journal has of this pass. */
export function createRowTally({ ok, degraded, failed, skipped }: RunCounts): RowTally {
  const counts = { ok, degraded, failed, skipped };
  return {
    counts,
    add: (status, before) => {
      if (before) counts[before] -= 1;
      counts[status] += 1;
    },
  };
}
