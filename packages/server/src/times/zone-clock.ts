/** What the clocks on the wall of a time zone show. */
export interface ZoneClock {
  /** How far the wall is ahead of UTC at an instant, in milliseconds. */
  readonly offsetAt: (time: number) => number;
}

/**
 * The clock of an IANA time zone, or of the zone of the machine.
 *
 * A wall time is written as the milliseconds since 1970 that it would be in UTC: `time + offsetAt(time)`.
 *
 * @throws {RangeError} Where there is no such zone.
 */
export function zoneClock(zone: string | undefined): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone !== undefined && { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  let known: { readonly time: number; readonly offset: number } | undefined;
  return {
    offsetAt(time) {
      if (known?.time !== time) known = { time, offset: wallAt(format, time) - Math.floor(time / 1000) * 1000 };
      return known.offset;
    },
  };
}

/** In whole seconds. */
function wallAt(format: Intl.DateTimeFormat, time: number): number {
  // `1/31/2027, 09:00:00`: to take its parts by name takes three times as long.
  const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] =
    format.format(time).match(/\d+/g)?.map(Number) ?? [];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
