import type { KeptDue, KeptSchedule, NewDue, ScheduleBook } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import type { Logger } from 'pino';
import { decideOverlap } from '../policies/decide-overlap.ts';
import { startTime } from '../policies/start-time.ts';
import { nextDue } from '../times/due-times.ts';
import { isoTime } from '../times/iso-time.ts';
import { momentOf } from '../times/moment.ts';
import { zoneClock } from '../times/zone-clock.ts';
import { replacedReason, type SeenDues, seeDues } from './see-dues.ts';
import { type WatchedPaths, watchPaths } from './watch-paths.ts';

/** Sees to schedules: notes what is due. */
export interface ScheduleWatch {
  /** @param file Of the workflow, absolute. @param open Due times that wait or run. */
  see(file: string, schedule: Schedule, open: readonly KeptDue[], now: number): Promise<void>;
}

/** @param replace Interrupts what runs for a workflow. */
export function createScheduleWatch(book: ScheduleBook, log: Logger, replace: (file: string) => void): ScheduleWatch {
  const nexts = new Map<string, { readonly definition: string; readonly seenTo: number; readonly next: number }>();
  const watched = new Map<string, { readonly definition: string; readonly paths: WatchedPaths }>();

  const pathsOf = (file: string, definition: string, schedule: Schedule): WatchedPaths | undefined => {
    if (!('watch' in schedule.when)) return undefined;
    const known = watched.get(file);
    if (known?.definition === definition) return known.paths;
    const paths = watchPaths(file, schedule.when.watch, book);
    watched.set(file, { definition, paths });
    return paths;
  };

  /** To find out when a schedule is due next takes longer than to remember it. */
  const isQuiet = (
    file: string,
    definition: string,
    schedule: Schedule,
    { seenTo }: KeptSchedule,
    now: number,
  ): boolean => {
    const known = nexts.get(file);
    const isKnown = known?.definition === definition && known.seenTo === seenTo;
    const next = isKnown ? known.next : (nextDue(schedule, seenTo) ?? Number.POSITIVE_INFINITY);
    if (!isKnown) nexts.set(file, { definition, seenTo, next });
    return now < next && Math.abs(now - seenTo) < noteEveryMs;
  };

  const note = (file: string, seen: SeenDues, now: number): void => {
    if (seen.replaces) {
      replace(file);
      book.skipWaiting(file, replacedReason, now);
    }
    for (const { due, state, reason } of book.see(file, seen.to, seen.dues))
      log.debug({ file, due: isoTime(due), state, reason }, 'due');
  };

  return {
    see: async (file, schedule, open, now) => {
      const definition = definitionOf(schedule);
      const kept = book.look(file, definition, now);
      if (!('watch' in schedule.when) && isQuiet(file, definition, schedule, kept, now)) return;
      const own = open.filter((due) => due.file === file);
      const running = own.filter(({ state }) => state === 'running').length;
      const there = { running, queued: own.length - running };
      const paths = pathsOf(file, definition, schedule);
      if (!paths) {
        const seen = seeDues({ schedule, kept, name: file, ...there }, now);
        // Nothing was due: where it is seen to is noted now and then only, since that is a write.
        if (seen && (seen.dues.length > 0 || Math.abs(now - kept.seenTo) > noteEveryMs)) note(file, seen, now);
        return;
      }
      const change = await paths.look(now);
      if (!change) return;
      const isWanted = change.isNew && !kept.paused && isWithin(schedule, now);
      if (!isWanted) {
        book.sawWatched(file, change.seen);
        return;
      }
      const due = Math.floor(now);
      const decision = decideOverlap(schedule.overlap, there);
      // Left out for now, and new still when the run has ended.
      if (decision === 'skip') return;
      if (decision === 'replace') note(file, { dues: [], to: due, replaces: true }, now);
      const wanted: NewDue = { due, cause: 'watch', startAt: startTime(schedule, file, due), state: 'waiting' };
      book.sawWatched(file, change.seen, wanted);
    },
  };
}

/** A schedule that was due at nothing is noted as seen so often. */
const noteEveryMs = 60_000;

/** Changes with the schedule, and with nothing else. */
export const definitionOf = (schedule: Schedule): string => {
  const { when, zone, start, end } = schedule;
  return JSON.stringify({ when, zone, start, end });
};

function isWithin({ start, end, zone }: Schedule, now: number): boolean {
  const clock = zoneClock(zone);
  return (start === undefined || now >= momentOf(start, clock)) && (end === undefined || now <= momentOf(end, clock));
}
