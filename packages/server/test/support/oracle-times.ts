import type { OracleLine } from './oracle-line.ts';
import type { OracleSpell } from './oracle-spells.ts';

const day = 86_400_000;
/** Globals are slow in the tests, and this one is asked for often. */
const { floor } = Math;

/**
 * The due times of a line, found by looking at the clock of a zone at every minute, or second: slow, and hard to get wrong.
 *
 * @param spells From two days before `from` on, at least.
 */
export function oracleTimes(
  line: OracleLine,
  spells: readonly OracleSpell[],
  from: number,
  step: 60_000 | 1000,
): number[] {
  const times: number[] = [];
  const matches = matcher(line, step);
  const add = (time: number): void => {
    if (time >= from && times.at(-1) !== time) times.push(time);
  };
  /** Up to here, exclusive, the clock has been; it is counted in steps, as all wall times here. */
  let shown: number | undefined;
  for (const { start, end, offset } of spells) {
    const first = Math.ceil((start + offset) / step);
    const last = Math.ceil((end + offset) / step);
    if (line.isFixedTime)
      for (let skipped = shown ?? first; skipped < first; skipped++) if (matches(skipped)) add(start);
    for (let wall = first; wall < last; wall++) {
      if (!matches(wall)) continue;
      const isRepeated = line.isFixedTime && shown !== undefined && wall < shown;
      if (!isRepeated) add(wall * step - offset);
    }
    shown = Math.max(shown ?? last, last);
  }
  return times;
}

function matcher({ seconds, minutes, hours, isDay }: OracleLine, step: number): (wall: number) => boolean {
  const perMinute = 60_000 / step;
  const perDay = day / step;
  const isTime = Uint8Array.from({ length: perDay }, (_, at) => {
    const minute = floor(at / perMinute);
    return Number(seconds[at % perMinute] && minutes[minute % 60] && hours[floor(minute / 60)]);
  });
  let midnight = 0;
  let isToday = isDay(0);
  return (wall) => {
    if (wall < midnight || wall >= midnight + perDay) {
      midnight = floor(wall / perDay) * perDay;
      isToday = isDay(midnight * step);
    }
    return isToday && isTime[wall - midnight] === 1;
  };
}
