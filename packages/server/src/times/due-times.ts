import type { Schedule } from '@millrace/schema';
import { readCronLine } from './cron-line.ts';
import { cronTimes } from './cron-times.ts';
import { everyTimes } from './every-times.ts';
import { momentOf } from './moment.ts';
import { zoneClock } from './zone-clock.ts';

/** Where `every` counts from without a `start`: a Monday, so that whole weeks begin with one. */
const everyOrigin = '2024-01-01';

/**
 * Every time at which a schedule is due, in order, `from` inclusive, `to` exclusive: none of `watch`.
 *
 * What lies between two instants does not depend on where the question begins: two halves of a stretch have the times of the whole.
 *
 * @param from Milliseconds since 1970, like all that is returned.
 * @param to May be `Infinity`.
 */
export function* dueTimes(schedule: Schedule, from: number, to: number): Iterable<number> {
  const { when, zone, start, end } = schedule;
  if ('watch' in when) return;
  const clock = zoneClock(zone);
  const first = start === undefined ? from : Math.max(from, momentOf(start, clock));
  // `end` itself is not after the end.
  const stop = end === undefined ? to : Math.min(to, momentOf(end, clock) + 1);
  if (!(first < stop)) return;
  if ('cron' in when) yield* cronTimes(readCronLine(when.cron), clock, first, stop);
  else yield* everyTimes(when.everyMs, momentOf(start ?? everyOrigin, clock), first, stop);
}

/** The first time after an instant at which a schedule is due; undefined where it has ended, or starts by `watch`. */
export function nextDue(schedule: Schedule, after: number): number | undefined {
  for (const due of dueTimes(schedule, Math.floor(after) + 1, Number.POSITIVE_INFINITY)) return due;
  return undefined;
}
