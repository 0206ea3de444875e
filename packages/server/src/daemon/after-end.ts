import { type DueEnd, type KeptDue, pruneRuns, type ScheduleBook } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import type { Logger } from 'pino';
import { isPausedByFailures } from '../policies/is-paused-by-failures.ts';
import { isoTime } from '../times/iso-time.ts';

/** What follows the end of a due time. */
export interface AfterEndTools {
  readonly book: ScheduleBook;
  readonly journalPath: string;
  readonly log: Logger;
  /** Undefined where the workflow has none any more. */
  scheduleOf(file: string): Schedule | undefined;
}

/** Due times without a run that are kept of a workflow. */
const keptDues = 1_000;
/** Runs that are deleted at once, at most. */
const prunedAtOnce = 100;

/**
 * Says how a due time ended, pauses a schedule that failed too often, and deletes runs that it need not keep.
 *
 * @returns Hears of each end; what it deletes takes a while, and goes on behind it.
 */
export function afterEnd({ book, journalPath, log, scheduleOf }: AfterEndTools): (due: KeptDue, end: DueEnd) => void {
  const pausing = (file: string, { pauseOnFailure }: Schedule, at: number): void => {
    if (pauseOnFailure === undefined) return;
    const since = book.kept(file)?.countedFrom ?? 0;
    const results = book.results(file, since, pauseOnFailure).map(({ state }) => (state === 'ok' ? 'ok' : 'failed'));
    if (!isPausedByFailures({ pauseOnFailure }, results.reverse())) return;
    book.pause(file, 'failures', at);
    log.error({ file, failures: pauseOnFailure }, 'schedule paused: its last runs failed');
  };

  const prune = async (file: string, { keep }: Schedule): Promise<void> => {
    const beyond = (['ok', 'failed'] as const).flatMap((state) => {
      const kept = keep?.[state];
      return kept === undefined ? [] : book.runsBeyond(file, state, kept, prunedAtOnce);
    });
    if (beyond.length > 0) {
      const pruned = await pruneRuns(journalPath, { only: beyond, reclaims: false });
      log.debug({ file, runs: pruned?.runs.map(({ id }) => id) }, 'old runs deleted');
    }
    book.forget(file, keptDues);
  };

  return (due, { state, reason, run, at }) => {
    const { file } = due;
    const facts = { file, due: isoTime(due.due), run, state, reason };
    if (state === 'failed') log.error(facts, 'run failed');
    else log.info(facts, 'run ended');
    const schedule = scheduleOf(file);
    if (!schedule) return;
    if (state === 'failed') pausing(file, schedule, at);
    prune(file, schedule).catch((error: unknown) => log.warn({ file, err: error }, 'old runs could not be deleted'));
  };
}
