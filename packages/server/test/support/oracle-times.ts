import type { OracleLine } from './oracle-line.ts';
import type { OracleSpell } from './oracle-spells.ts';

const day = 86_400_000;

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
  const matches = matcher(line);
  const add = (time: number): void => {
    if (time >= from && times.at(-1) !== time) times.push(time);
  };
  let shown = Number.NEGATIVE_INFINITY;
  for (const { start, end, offset } of spells) {
    if (line.isFixedTime && shown > Number.NEGATIVE_INFINITY) {
      for (let skipped = shown; skipped < start + offset; skipped += step) if (matches(skipped)) add(start);
    }
    for (let time = start; time < end; time += step) {
      const isRepeated = line.isFixedTime && time + offset < shown;
      if (!isRepeated && matches(time + offset)) add(time);
    }
    shown = Math.max(shown, end + offset);
  }
  return times;
}

function matcher({ seconds, minutes, hours, isDay }: OracleLine): (wall: number) => boolean {
  const isSecond = Uint8Array.from({ length: 86_400 }, (_, at) =>
    Number(seconds[at % 60] && minutes[Math.floor(at / 60) % 60] && hours[Math.floor(at / 3600)]),
  );
  let midnight = 0;
  let isToday = isDay(0);
  return (wall) => {
    if (wall < midnight || wall >= midnight + day) {
      midnight = Math.floor(wall / day) * day;
      isToday = isDay(midnight);
    }
    return isToday && isSecond[(wall - midnight) / 1000] === 1;
  };
}
