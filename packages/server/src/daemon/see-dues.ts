import type { KeptSchedule, NewDue } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import { decideOverlap, type RunsThere } from '../policies/decide-overlap.ts';
import { missedTimes } from '../policies/missed-times.ts';
import { startTime } from '../policies/start-time.ts';
import { dueTimes } from '../times/due-times.ts';

/** A due time that is noticed within this time is not missed. */
export const onTimeMs = 5_000;

/** A clock that is put back by more was wrong. */
const wrongMs = 2 * 3_600_000;

/** No more due times than this are made up for; the latest are. */
const maxMadeUp = 10_000;

/** What a schedule wants since it was seen to last. */
export interface SeenDues {
  readonly dues: readonly NewDue[];
  /** Up to here, inclusive, it is seen to. */
  readonly to: number;
  /** What runs is to be stopped, and what waits skipped, before these are added. */
  readonly replaces: boolean;
}

/** A schedule and what is there of its runs. */
export interface ScheduleNow extends RunsThere {
  readonly schedule: Schedule;
  readonly kept: KeptSchedule;
  /** Tells it from others: the path of its file. */
  readonly name: string;
}

/** The due times since a schedule was seen to last, as its `missed` and `overlap` want them; undefined where there is nothing to note. */
export function seeDues({ schedule, kept, name, running, queued }: ScheduleNow, now: number): SeenDues | undefined {
  const to = Math.floor(now);
  // Put back by so much, the clock was wrong before; what has had its run then keeps it.
  if (now < kept.seenTo - wrongMs) return { dues: [], to, replaces: false };
  // Put back by less, what was due once is not due again.
  if (now <= kept.seenTo || kept.paused) return undefined;
  const onTimeFrom = Math.max(kept.seenTo + 1, to - onTimeMs);
  const missed = latest(missedTimes(schedule, kept.seenTo, onTimeFrom), maxMadeUp);
  const dues: NewDue[] = [];
  let waiting = queued;
  let replaces = false;
  const add = (due: number, cause: NewDue['cause']): void => {
    const startAt = Math.max(startTime(schedule, name, due), cause === 'missed' ? to : 0);
    // Those that are made up for wait for each other, whatever the schedule says of those that are on time.
    const before = cause === 'missed' && schedule.overlap === 'skip' ? queued : waiting;
    const decision = decideOverlap(schedule.overlap, { running: replaces ? 0 : running, queued: before });
    if (decision === 'skip') {
      dues.push({ due, cause, startAt, state: 'skipped', reason: 'the run before it was still going on' });
      return;
    }
    if (decision === 'replace') {
      for (const [index, one] of dues.entries())
        if (one.state === 'waiting') dues[index] = { ...one, state: 'skipped', reason: replacedReason };
      replaces = true;
      waiting = 0;
    }
    dues.push({ due, cause, startAt, state: 'waiting' });
    waiting++;
  };
  for (const due of missed) add(due, 'missed');
  for (const due of dueTimes(schedule, onTimeFrom, to + 1)) add(due, 'schedule');
  return { dues, to, replaces };
}

/** Why a due time was skipped, or its run stopped. */
export const replacedReason = 'the next one took its place';

function latest(times: Iterable<number>, most: number): readonly number[] {
  const kept: number[] = [];
  for (const time of times) {
    kept.push(time);
    if (kept.length >= 2 * most) kept.splice(0, kept.length - most);
  }
  return kept.slice(-most);
}
