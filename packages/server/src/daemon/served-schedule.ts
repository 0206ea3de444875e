import type { KeptDue, KeptSchedule, ScheduleBook } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import { nextDue } from '../times/due-times.ts';
import type { DueTime, ServedSchedule } from './daemon.ts';

/** Failed runs in a row that are counted at most. */
const maxFailures = 100;

/** A schedule as it stands. @param kept Undefined where nobody has seen to it yet. */
export function servedSchedule(
  file: string,
  schedule: Schedule,
  book: Pick<ScheduleBook, 'dues' | 'open' | 'results' | 'runOf'> | undefined,
  kept: KeptSchedule | undefined,
  now: number,
): ServedSchedule {
  const open = book?.open().filter((due) => due.file === file) ?? [];
  const waiting = open.filter(({ state }) => state === 'waiting');
  const [last] = book?.dues(file, 1) ?? [];
  const results = (kept && book?.results(file, kept.countedFrom, maxFailures)) ?? [];
  const firstOk = results.findIndex(({ state }) => state === 'ok');
  const next = kept?.paused ? undefined : nextDue(schedule, Math.max(now, kept?.seenTo ?? 0));
  return {
    when: whenText(schedule),
    ...(next !== undefined && { next }),
    ...(kept?.paused && { paused: kept.paused }),
    running: open.length - waiting.length,
    waiting: waiting.length,
    ...(last && { last: dueTime(last, book) }),
    failures: firstOk < 0 ? results.length : firstOk,
  };
}

/** A due time with its run, also while that is in work. */
export function dueTime(
  { file, due, cause, state, reason, run, endedAt }: KeptDue,
  book?: Pick<ScheduleBook, 'runOf'>,
): DueTime {
  const id = run ?? (state === 'running' ? book?.runOf(file, due)?.id : undefined);
  return {
    due,
    cause,
    state,
    ...(reason !== undefined && { reason }),
    ...(id !== undefined && { run: id }),
    ...(endedAt !== undefined && { endedAt }),
  };
}

/** When a schedule runs, in a line. */
export function whenText({ when, zone }: Schedule): string {
  const where = zone === undefined ? '' : ` ${zone}`;
  if ('cron' in when) return `${when.cron}${where}`;
  if ('everyMs' in when) return `every ${spanText(when.everyMs)}`;
  return `watch ${when.watch.paths.join(', ')}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

function spanText(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms % length === 0) ?? (['ms', 1] as const);
  return `${ms / size}${unit}`;
}
