import type { Usage } from '@millrace/core';

/** How many calls a host may have at once, found while it works. */
export interface ParallelFinder {
  readonly limit: number;
  /** A call begins; to be given back with its figures. */
  begin(): number;
  /**
   * A call has ended.
   *
   * @param isFull Whether others are waiting, so that the limit is what holds them back.
   */
  note(begun: number, usage: Usage, isFull: boolean): void;
  /** The host has refused a call because it has too many. */
  refuse(): void;
}

/** As many as any workflow began with before it knew better; a host with one slot is found out after as many calls. */
const firstLimit = 4;
const highestLimit = 256;

/** Calls that wait on the host, on average, from which on more would only wait longer. */
const enoughWaiting = 0.5;

/** Doubling would have half of the calls wait when it is too much. */
const growth = 1.5;

/** Calls that are looked at for one decision, at most; */
const enoughCalls = 12;
/** and once it is settled, when a wrong guess would only have calls wait. */
const enoughSettled = 48;

/**
 * Finds the slots of a host, which no request tells: a call's time on the server that is neither load nor prompt nor answer was spent waiting
 * for one. As long as none waits the limit grows by half; then it is what was served at once and one more, so that a slot that falls free has its
 * next call at once. Each look is at a dozen calls, or as many as the limit lets through, begun under
 * that limit; once it is settled at twice as many as the limit.
 *
 * Answers without figures, as of embeddings, change nothing.
 */
export function createParallelFinder(): ParallelFinder {
  let limit = firstLimit;
  let isSettled = false;
  let look = 0;
  let [calls, busyMs, waitedMs] = [0, 0, 0];

  const set = (next: number): void => {
    limit = Math.min(highestLimit, Math.max(1, next));
    look++;
    [calls, busyMs, waitedMs] = [0, 0, 0];
  };
  return {
    get limit() {
      return limit;
    },
    begin: () => look,
    note: (begun, { totalMs, loadMs, promptMs, outputMs }, isFull) => {
      const ownMs = promptMs + outputMs;
      if (begun !== look || ownMs === 0) return;
      calls++;
      busyMs += ownMs;
      waitedMs += Math.max(0, totalMs - loadMs - ownMs);
      if (calls < (isSettled ? Math.min(2 * limit, enoughSettled) : Math.min(limit, enoughCalls))) return;
      const waiting = (limit * waitedMs) / (busyMs + waitedMs);
      if (waiting >= enoughWaiting) {
        isSettled = true;
        set(Math.round(limit - waiting) + 1);
      } else if (isFull) set(isSettled ? limit + 1 : Math.ceil(limit * growth));
      else set(limit);
    },
    refuse: () => {
      isSettled = true;
      set(Math.floor(limit / 2));
    },
  };
}
