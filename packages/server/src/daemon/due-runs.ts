import type { DueEnd, KeptDue, RunOfDue, ScheduleBook } from '@millrace/runner';
import type { Logger } from 'pino';
import type { RunExit, RunProcess, StartRun } from '../runs/run-process.ts';
import { isoTime } from '../times/iso-time.ts';
import { replacedReason } from './see-dues.ts';

/** Runs of due times, each in a process of its own. */
export interface DueRuns {
  /** Starts what may start of these, and looks after those whose process this one did not start. */
  look(open: readonly KeptDue[]): void;
  /** Interrupts what runs for a workflow, since another takes its place. */
  replace(file: string): void;
  /** Interrupts the run, since somebody wants it to stop; false where it is not one of these. */
  cancel(run: string): Promise<boolean>;
  /** Interrupts all, and starts none any more; resolves when all have ended. A second call ends them at once. */
  stop(): Promise<void>;
}

/** What runs of due times are started with. */
export interface DueRunTools {
  readonly book: ScheduleBook;
  readonly start: StartRun;
  readonly log: Logger;
  /** Runs at once, of all workflows. */
  readonly maxRuns: number;
  now(): number;
  /** Whether a workflow is there now: what waits of one that is not goes on waiting. */
  isServed(file: string): boolean;
  /** Whether runs of a workflow may go on side by side. */
  mayOverlap(file: string): boolean;
  /** Hears of each due time that has come to its end. */
  ended(due: KeptDue, end: DueEnd): void;
}

/** A process that dies without a word is started again so often. */
const maxCrashes = 3;
/** The run, or a file that it writes, is in work by another process: it is tried again after this time. */
const busyMs = 5_000;

interface ActiveRun {
  readonly file: string;
  readonly process: RunProcess;
  /** Why somebody wants it to stop. */
  stopped?: string;
  readonly ended: Promise<void>;
}

export function createDueRuns({ book, start, log, maxRuns, now, isServed, mayOverlap, ended }: DueRunTools): DueRuns {
  const active = new Map<string, ActiveRun>();
  const crashes = new Map<string, number>();
  let isStopping = false;
  /** What may start at a time that the clock has shown may start, also when it is put back. */
  let shown = Number.NEGATIVE_INFINITY;

  const finish = (due: KeptDue, end: DueEnd): void => {
    crashes.delete(nameOf(due));
    book.ended(due.file, due.due, end);
    ended(due, end);
  };

  /** What became of a due time whose process is gone. */
  const conclude = (due: KeptDue, exit: RunExit | undefined, stopped: string | undefined): void => {
    const run = book.runOf(due.file, due.due);
    const at = now();
    const end = endOf(run, exit, stopped);
    if (end === 'in work') return; // another process has it, and it is looked after
    if (end === 'interrupted') {
      // It goes on at the next start.
      if (!isStopping) again(due, exit);
    } else if (end === 'busy') book.postpone(due.file, due.due, at + busyMs);
    else finish(due, { ...end, run: run?.id, at });
  };

  const again = (due: KeptDue, exit: RunExit | undefined): void => {
    const count = (crashes.get(nameOf(due)) ?? 0) + (exit === undefined ? 0 : 1);
    crashes.set(nameOf(due), count);
    if (count < maxCrashes) book.postpone(due.file, due.due, now());
    else finish(due, { state: 'failed', reason: `its process was killed ${maxCrashes} times`, at: now() });
  };

  const begin = (due: KeptDue): void => {
    const { file } = due;
    book.began(file, due.due);
    const process = start({ kind: 'run', file, due: due.due });
    log.info({ file, due: isoTime(due.due), cause: due.cause, pid: process.pid }, 'run started');
    const run: ActiveRun = {
      file,
      process,
      ended: process.ended.then((exit) => {
        active.delete(nameOf(due));
        conclude(due, exit, run.stopped);
      }),
    };
    active.set(nameOf(due), run);
  };

  return {
    look: (open) => {
      if (isStopping) return;
      shown = Math.max(shown, now());
      const busy = new Set<string>();
      let running = 0;
      const left = open.filter(({ state }) => state === 'running');
      for (const due of left) {
        // Started by a server that is gone: its process may still be there, and has the run then.
        if (!active.has(nameOf(due)) && book.runOf(due.file, due.due)?.status !== 'running')
          conclude(due, undefined, undefined);
        busy.add(due.file);
        running++;
      }
      for (const due of open) {
        if (due.state !== 'waiting' || due.startAt > shown || running >= maxRuns) continue;
        if (!isServed(due.file) || (busy.has(due.file) && !mayOverlap(due.file))) continue;
        begin(due);
        busy.add(due.file);
        running++;
      }
    },
    replace: (file) => {
      for (const run of active.values()) {
        if (run.file !== file || run.stopped !== undefined) continue;
        run.stopped = replacedReason;
        run.process.interrupt();
      }
    },
    cancel: async (id) => {
      for (const run of active.values()) {
        if ((await run.process.begun) !== id) continue;
        run.stopped = 'somebody cancelled it';
        run.process.interrupt();
        await run.ended;
        return true;
      }
      return false;
    },
    stop: async () => {
      for (const { process } of active.values()) {
        if (isStopping) process.kill();
        else process.interrupt();
      }
      isStopping = true;
      await Promise.all([...active.values()].map((run) => run.ended));
    },
  };
}

/** What `millrace run` ends with when it was interrupted. */
const interruptedCode = 130;

/** How a due time ended, as far as its run and its process tell. */
function endOf(
  run: RunOfDue | undefined,
  exit: RunExit | undefined,
  stopped: string | undefined,
): Pick<DueEnd, 'state' | 'reason'> | 'in work' | 'interrupted' | 'busy' {
  if (run?.status === 'running') return 'in work';
  if (run?.status === 'done')
    return run.failed === 0 ? { state: 'ok' } : { state: 'failed', reason: rowsFailed(run.failed) };
  if (run?.status === 'stopped') return { state: 'failed', reason: run.error ?? 'it was stopped' };
  if (stopped !== undefined) return { state: 'stopped', reason: stopped };
  if (exit?.error?.code === 'RUN_BUSY') return 'busy';
  if (exit === undefined || exit.code === null || exit.code === interruptedCode) return 'interrupted';
  return { state: 'failed', reason: exit.error?.message ?? `its process ended with the code ${exit.code}` };
}

const rowsFailed = (count: number): string => (count === 1 ? 'a row failed' : `${count} rows failed`);

const nameOf = ({ file, due }: Pick<KeptDue, 'file' | 'due'>): string => `${due} ${file}`;
