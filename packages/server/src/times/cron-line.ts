import { Cron, CronDate, CronPattern } from 'croner';

/** A cron line, read: on which days, at what times of the day. All in wall time. */
export interface CronLine {
  /** One minute and one hour are written in it: it names a time of the day, not how often. */
  readonly isFixedTime: boolean;
  /** The midnight of the first day of the line that is not before a midnight; undefined where there is none. */
  readonly dayFrom: (midnight: number) => number | undefined;
  /** The wall times of the line, `from` inclusive, `to` exclusive. */
  readonly wallTimes: (from: number, to: number) => Iterable<number>;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Reads a line of five or six fields, or a nickname such as `@daily`.
 *
 * croner reads the fields and finds the days, in UTC, where every day has 24 hours; what the clocks of a zone do is told elsewhere.
 *
 * @throws {TypeError | RangeError} Where it is no such line, which `@millrace/schema` finds before.
 */
export function readCronLine(line: string): CronLine {
  const pattern = new CronPattern(line, 'UTC', { mode: '5-or-6-parts' });
  const [minutes = '', hours = '', ...days] = pattern.pattern.trim().split(/\s+/).slice(-5);
  const dayFrom = remembered(firstDay(`0 0 0 ${days.join(' ')}`));
  const [hourList, minuteList, secondList] = [pattern.hour, pattern.minute, pattern.second].map(chosen);
  return {
    isFixedTime: [minutes, hours].every((field) => /^\d+$/.test(field)),
    dayFrom,
    *wallTimes(from, to) {
      let midnight = dayFrom(Math.floor(from / day) * day);
      while (midnight !== undefined && midnight < to) {
        for (const h of within(hourList, midnight, hour, from, to)) {
          for (const m of within(minuteList, h, minute, from, to)) {
            // A second may have begun before the stretch.
            for (const wall of within(secondList, m, second, from, to)) if (wall >= from) yield wall;
          }
        }
        midnight = dayFrom(midnight + day);
      }
    },
  };
}

/** The numbers that a field of croner holds. */
const chosen = (flags: readonly number[]): readonly number[] => flags.flatMap((flag, index) => (flag ? [index] : []));

/** The starts of those units after `base` that reach into a stretch. */
function* within(units: readonly number[] = [], base: number, length: number, from: number, to: number) {
  for (const unit of units) {
    const start = base + unit * length;
    if (start >= to) return;
    if (start + length > from) yield start;
  }
}

/** Looks at a week day by day, which is much faster than a search, and searches where that finds nothing. */
function firstDay(line: string): CronLine['dayFrom'] {
  const pattern = new CronPattern(line);
  return (midnight) => {
    for (let near = midnight; near < midnight + 7 * day; near += day) {
      if (new CronDate(new Date(near), 0).match(pattern, {})) return near;
    }
    return new Cron(line, { paused: true, utcOffset: 0 }).nextRun(new Date(midnight - second))?.getTime();
  };
}

/** Asks only where the answer before does not tell. */
function remembered(dayFrom: CronLine['dayFrom']): CronLine['dayFrom'] {
  let known: { readonly from: number; readonly next: number | undefined } | undefined;
  return (midnight) => {
    const isKnown = known && midnight >= known.from && midnight <= (known.next ?? Number.POSITIVE_INFINITY);
    if (!isKnown) known = { from: midnight, next: dayFrom(midnight) };
    return known?.next;
  };
}
