import type { DueTime, ServedSchedule } from '../../daemon/daemon.ts';
import { isoTime } from '../../times/iso-time.ts';
import { isFailing } from '../is-failing.ts';

/** A schedule, as it stands. */
export const scheduleJson = (schedule: ServedSchedule) => {
  const { when, next, paused, running, waiting, last, failures } = schedule;
  return {
    when,
    ...(next !== undefined && { next: isoTime(next) }),
    ...(paused && { paused: { by: paused.by, at: isoTime(paused.at) } }),
    running,
    waiting,
    ...(last && { last: dueJson(last) }),
    failures,
    failing: isFailing(schedule),
  };
};

/** What became of a due time. */
export const dueJson = ({ due, cause, state, reason, run, endedAt }: DueTime) => ({
  due: isoTime(due),
  cause,
  state,
  ...(reason !== undefined && { reason }),
  ...(run !== undefined && { run }),
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
});
