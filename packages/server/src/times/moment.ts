import { instantOf } from './instant-of.ts';
import type { ZoneClock } from './zone-clock.ts';

/**
 * The instant of a `start` or `end`: a date is the midnight with which it begins, and what has no `Z` or offset is meant in the zone of the
 * clock.
 */
export function momentOf(text: string, clock: ZoneClock): number {
  if (/T.*(Z|[+-]\d{2}:\d{2})$/.test(text)) return Date.parse(text);
  return instantOf(clock, Date.parse(text.includes('T') ? `${text}Z` : `${text}T00:00Z`));
}
