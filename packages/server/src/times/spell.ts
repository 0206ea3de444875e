import type { ZoneClock } from './zone-clock.ts';

/** A stretch of time in which the clock of a zone is not put forward or back. */
export interface Spell {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** How far the wall is ahead of UTC all the while. */
  readonly offset: number;
}

const day = 86_400_000;

/** The spell from `start` on: for a day, or up to the instant at which the clock is changed. */
export function spellFrom(clock: ZoneClock, start: number): Spell {
  const offset = clock.offsetAt(start);
  const end = start + day;
  return { start, end: clock.offsetAt(end) === offset ? end : changeBetween(clock, start, end), offset };
}

/** The first instant with another offset; no zone has changed its clock twice within a day and ended where it was. */
function changeBetween(clock: ZoneClock, start: number, end: number): number {
  const offset = clock.offsetAt(start);
  let before = start;
  let after = end;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (clock.offsetAt(middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}
