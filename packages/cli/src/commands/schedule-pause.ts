import { nextDue } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { localTime } from '../schedule/local-time.ts';
import { withSchedule } from '../schedule/with-schedule.ts';
import type { Terminal } from '../terminal.ts';

/** `millrace schedule pause FILE`: starts nothing by itself any more. Returns the exit code. */
export const schedulePause = (
  word: string,
  flags: { readonly journal?: string },
  terminal: Terminal,
): Promise<number> =>
  withSchedule(word, flags, terminal, ({ file, book }) => {
    book.pause(file, 'user', Date.now());
    terminal.err('Paused. What is in work or waits already goes on.\n');
    return exitCodes.done;
  });

/** `millrace schedule resume FILE`: goes on; what was due meanwhile is not made up for. Returns the exit code. */
export const scheduleResume = (
  word: string,
  flags: { readonly journal?: string },
  terminal: Terminal,
): Promise<number> =>
  withSchedule(word, flags, terminal, ({ file, schedule, book }) => {
    const now = Date.now();
    book.unpause(file, now);
    const next = nextDue(schedule, now);
    terminal.err(next === undefined ? 'It goes on.\n' : `It goes on: due next at ${localTime(next, schedule.zone)}.\n`);
    return exitCodes.done;
  });
