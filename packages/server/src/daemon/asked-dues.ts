import { MillraceError } from '@millrace/errors';
import type { NewDue, ScheduleBook } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import { dueTimes } from '../times/due-times.ts';

/** Due times that somebody may ask for at once. */
const maxBackfill = 10_000;

/** Has a schedule run now; gives the due time. */
export function triggerDue(book: Pick<ScheduleBook, 'add'>, file: string, now: number): number {
  // Somebody may ask twice within a millisecond.
  for (let due = Math.floor(now); ; due++) {
    const [added] = book.add(file, [{ due, cause: 'trigger', startAt: due, state: 'waiting' }]);
    if (added) return due;
  }
}

/**
 * Has a schedule run for each due time of the past that was not run, `from` inclusive, `to` exclusive; gives those.
 *
 * @throws {MillraceError} `USAGE_INVALID` for the future, for more than 10,000, and where the schedule has no times.
 */
export function backfillDues(
  book: Pick<ScheduleBook, 'add'>,
  file: string,
  schedule: Schedule,
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
): readonly number[] {
  if ('watch' in schedule.when)
    throw new MillraceError(
      'USAGE_INVALID',
      'The schedule waits for files, and has no times that could be made up for.',
      {
        hint: 'Run the workflow, or trigger the schedule.',
      },
    );
  if (!(from < to))
    throw new MillraceError('USAGE_INVALID', 'The end of a backfill lies behind its beginning.', { hint: '' });
  const dues: NewDue[] = [];
  for (const due of dueTimes(schedule, from, Math.min(to, Math.floor(now)))) {
    dues.push({ due, cause: 'backfill', startAt: Math.floor(now), state: 'waiting' });
    if (dues.length > maxBackfill)
      throw new MillraceError('USAGE_INVALID', `The schedule is due more than ${maxBackfill} times then.`, {
        hint: 'Choose a shorter stretch.',
      });
  }
  return book.add(file, dues).map(({ due }) => due);
}
