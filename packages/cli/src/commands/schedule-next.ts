import { dueTimes, isoTime } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { ahead } from '../render/figures.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import { findScheduled } from '../schedule/find-scheduled.ts';
import { localTime } from '../schedule/local-time.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace schedule next`. */
export interface ScheduleNextFlags {
  readonly count: number;
  readonly format: 'text' | 'json';
}

/** `millrace schedule next [FILE…]`: the next times at which schedules are due. Returns the exit code. */
export async function scheduleNext(
  words: readonly string[],
  { count, format }: ScheduleNextFlags,
  terminal: Terminal,
): Promise<number> {
  const { scheduled } = await findScheduled(words, terminal);
  const now = Date.now();
  const times = scheduled
    .flatMap(({ id, schedule }) =>
      take(dueTimes(schedule, now, Number.POSITIVE_INFINITY), count).map((due) => ({ id, schedule, due })),
    )
    .sort((one, other) => one.due - other.due)
    .slice(0, count);
  if (format === 'json')
    await terminal.out(`${safeJson(times.map(({ id, due }) => ({ workflow: id, due: isoTime(due) })))}\n`);
  else if (times.length === 0) await terminal.out('Nothing is due.\n');
  else {
    const lines = times.map(({ id, schedule, due }) => [
      localTime(due, schedule.zone),
      ahead(due, now),
      oneLine(id, 60),
    ]);
    await terminal.out(
      alignColumns(lines)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
  return exitCodes.done;
}

function take<Value>(values: Iterable<Value>, count: number): readonly Value[] {
  const taken: Value[] = [];
  if (count === 0) return taken;
  for (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}
