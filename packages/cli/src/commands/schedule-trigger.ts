import { isoTime, triggerDue } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { runWaiting } from '../schedule/run-waiting.ts';
import { withSchedule } from '../schedule/with-schedule.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of commands that may run what is due themselves. */
export interface ScheduleRunFlags {
  readonly host?: readonly string[];
  readonly journal?: string;
}

/** `millrace schedule trigger FILE`: a run as the schedule would start it, now. Returns the exit code. */
export const scheduleTrigger = (word: string, flags: ScheduleRunFlags, terminal: Terminal): Promise<number> =>
  withSchedule(word, flags, terminal, async (opened) => {
    const server = opened.book.server(Date.now());
    const due = triggerDue(opened.book, opened.file, Date.now());
    if (!server) return await runWaiting(opened, [due], { hosts: flags.host ?? [], terminal });
    terminal.err(`The server${server.url === undefined ? '' : ` at ${server.url}`} starts it, due ${isoTime(due)}.\n`);
    return exitCodes.done;
  });
