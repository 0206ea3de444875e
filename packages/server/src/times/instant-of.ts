import { spellFrom } from './spell.ts';
import type { ZoneClock } from './zone-clock.ts';

/** No wall is further from UTC than a day, and no clock was ever put forward by more than one. */
const lookBack = 2 * 86_400_000;

/**
 * The first instant at which a clock shows a wall time or a later one: the first of two where it is put back, the moment of the change
 * where it is put forward.
 */
export function instantOf(clock: ZoneClock, wall: number): number {
  let spell = spellFrom(clock, wall - lookBack);
  while (spell.end + spell.offset <= wall) spell = spellFrom(clock, spell.end);
  return Math.max(spell.start, wall - spell.offset);
}
