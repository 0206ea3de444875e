import type { Schedule } from '@millrace/schema';
import { dueTimes } from '../times/due-times.ts';

const hour = 3_600_000;

/**
 * The due times between the last one that was looked after and now that are made up for, the oldest first.
 *
 * What is due at `now` itself is not missed: it is `nextDue(schedule, now - 1)`. Where the clock was put back behind `last`, nothing is
 * missed.
 *
 * @param last The last due time that was started, skipped or made up for; undefined for a new schedule, which has missed nothing.
 */
export function* missedTimes(schedule: Schedule, last: number | undefined, now: number): Iterable<number> {
  const { run, withinMs = Number.POSITIVE_INFINITY } = schedule.missed;
  if (last === undefined || run === 'none') return;
  const from = Math.max(last + 1, now - withinMs);
  if (run === 'all') return yield* dueTimes(schedule, from, now);
  const latest = latestDue(schedule, from, now);
  if (latest !== undefined) yield latest;
}

/** Looks backwards in stretches that double, so that a schedule that was due a million times is not counted through. */
function latestDue(schedule: Schedule, from: number, to: number): number | undefined {
  let latest: number | undefined;
  let end = to;
  for (let length = hour; latest === undefined && end > from; length *= 2) {
    const start = Math.max(from, end - length);
    for (const due of dueTimes(schedule, start, end)) latest = due;
    end = start;
  }
  return latest;
}
