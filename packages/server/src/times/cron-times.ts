import type { CronLine } from './cron-line.ts';
import { spellFrom } from './spell.ts';
import type { ZoneClock } from './zone-clock.ts';

const day = 86_400_000;

/**
 * The due times of a cron line, `from` inclusive, `to` exclusive.
 *
 * A fixed time is due when the clock first shows it or is put past it, and so once each day. Any other line is due whenever the clock shows
 * one of its times: in both passes where it is put back, and not at all where it is put past them.
 */
export function* cronTimes(line: CronLine, clock: ZoneClock, from: number, to: number): Iterable<number> {
  // What the clock has shown two days before cannot come again, nor has it been put past anything since. Other lines ask for neither.
  let time = line.isFixedTime ? from - 2 * day : from;
  let shown = wallAt(clock, time);
  let last = from - 1;
  while (time < to) {
    const waiting = Math.min(shown, wallAt(clock, time));
    const next = line.dayFrom(Math.floor(waiting / day) * day);
    if (next === undefined) return;
    if (next - waiting > 5 * day) {
      time = next - 3 * day;
      shown = wallAt(clock, time);
    }
    const { end, offset } = spellFrom(clock, time);
    const lowest = line.isFixedTime ? shown : time + offset;
    for (const wall of line.wallTimes(lowest, end + offset)) {
      const due = Math.max(time, wall - offset);
      if (due >= to) return;
      if (due > last) yield due;
      last = Math.max(last, due);
    }
    shown = Math.max(shown, end + offset);
    time = end;
  }
}

const wallAt = (clock: ZoneClock, time: number): number => time + clock.offsetAt(time);
