import { MillraceError } from '@millrace/errors';
import { backfillDues } from '@millrace/server';
import { instant } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { plural } from '../render/figures.ts';
import { localTime } from '../schedule/local-time.ts';
import { runWaiting } from '../schedule/run-waiting.ts';
import { withSchedule } from '../schedule/with-schedule.ts';
import type { Terminal } from '../terminal.ts';
import type { ScheduleRunFlags } from './schedule-trigger.ts';

/** The flags of `millrace schedule backfill`. */
export interface BackfillFlags extends ScheduleRunFlags {
  readonly dryRun?: boolean;
}

/** `millrace schedule backfill FILE A..B`: runs for due times of the past that had none. Returns the exit code. */
export async function scheduleBackfill(
  word: string,
  stretch: string,
  flags: BackfillFlags,
  terminal: Terminal,
): Promise<number> {
  const { from, to } = readStretch(stretch);
  return await withSchedule(word, flags, terminal, async (opened) => {
    const { file, schedule, book } = opened;
    const now = Date.now();
    const had = new Set(book.dues(file, Number.MAX_SAFE_INTEGER).map(({ due }) => due));
    if (flags.dryRun) {
      const planned = backfillDues({ add: (_, dues) => dues.filter(({ due }) => !had.has(due)) }, file, schedule, {
        from,
        to,
        now,
      });
      await terminal.out(planned.map((due) => `${localTime(due, schedule.zone)}\n`).join(''));
      terminal.err(`${plural(planned.length, 'run')} would be made.\n`);
      return exitCodes.done;
    }
    const added = backfillDues(book, file, schedule, { from, to, now });
    const server = book.server(now);
    if (server) {
      terminal.err(`The server starts ${plural(added.length, 'run')}, one after the other.\n`);
      return exitCodes.done;
    }
    // What an earlier backfill was interrupted at waits still.
    const waiting = book
      .open()
      .filter((due) => due.file === file && due.cause === 'backfill' && due.due >= from && due.due < to);
    if (waiting.length === 0) terminal.err('Each due time of that stretch had its run already, or there is none.\n');
    return await runWaiting(
      opened,
      waiting.map(({ due }) => due),
      { hosts: flags.host ?? [], terminal },
    );
  });
}

/** `A..B`; a day alone as `B` is meant to its end. */
function readStretch(text: string): { readonly from: number; readonly to: number } {
  const [first = '', last = '', ...rest] = text.split('..');
  if (rest.length > 0 || first === '' || last === '')
    throw new MillraceError('USAGE_INVALID', `\`${text}\` is no stretch of time.`, {
      hint: 'Write it as `2027-01-01..2027-01-31`, or with times: `2027-01-01T02:00..2027-01-01T08:00`.',
    });
  const dayMs = 86_400_000;
  return { from: instant(first), to: instant(last) + (last.length === 10 ? dayMs : 0) };
}
