import { setTimeout } from 'node:timers/promises';
import { MillraceError } from '@millrace/errors';
import { openScheduleBook, type ScheduleBook } from '@millrace/runner';
import type { Schedule } from '@millrace/schema';
import type { Logger } from 'pino';
import type { Root } from '../folders/find-files.ts';
import { problemOf, type ServedFile } from '../folders/served-file.ts';
import { createServedFiles } from '../folders/served-files.ts';
import type { StartRun } from '../runs/run-process.ts';
import { afterEnd } from './after-end.ts';
import { backfillDues, triggerDue } from './asked-dues.ts';
import type { Daemon, ServedWorkflow } from './daemon.ts';
import { createDueRuns } from './due-runs.ts';
import { createManualRuns } from './manual-runs.ts';
import { createScheduleWatch, definitionOf } from './schedule-watch.ts';
import { dueTime, servedSchedule } from './served-schedule.ts';

/** What a daemon serves, and with what. */
export interface DaemonOptions {
  readonly roots: readonly Root[];
  /** Absolute; made where it is not there. */
  readonly journalPath: string;
  readonly start: StartRun;
  readonly log: Logger;
  /** Runs of schedules at once, of all workflows. Default: 8. */
  readonly maxRuns?: number | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined;
}

/** A daemon, and what only its owner does with it. */
export interface OwnedDaemon extends Daemon {
  /**
   * Starts what is due from now on; nothing was started before.
   *
   * @param url Where it listens, for other commands to say; absent where it does not.
   * @returns Never resolves; rejects where it cannot go on, since the journal is gone or another server has taken its place.
   */
  begin(url?: string): Promise<never>;
}

/** So often it looks for what is due, and for what other commands ask; */
const tickMs = 500;
/** and so often for changed workflow files. */
const filesMs = 2_000;
const beatMs = 5_000;

/**
 * Serves the workflows below folders, until it is stopped. All that must outlive it is in the journal before it is done.
 *
 * @returns When the folders were looked through once. What is due starts when it is told to begin.
 * @throws {MillraceError} `SERVER_BUSY` where another one does so with this journal; `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `JOURNAL_NEWER`.
 */
export async function createDaemon(options: DaemonOptions): Promise<OwnedDaemon> {
  const { roots, journalPath, start, log, maxRuns = 8, now = Date.now } = options;
  const book = await openScheduleBook(journalPath);
  try {
    book.hold(now());
    const files = createServedFiles(roots);
    await files.look();
    const scheduleOf = (file: string): Schedule | undefined =>
      files.all().find((served) => served.file === file)?.workflow?.schedule;
    const hear = afterEnd({ book, journalPath, log, scheduleOf });
    /** Ends the pause between two looks. */
    let wake = (): void => {};
    let isWoken = false;
    const runs = createDueRuns({
      book,
      start,
      log,
      maxRuns,
      now,
      isServed: (file) => files.all().some((served) => served.file === file && served.workflow),
      mayOverlap: (file) => scheduleOf(file)?.overlap === 'allow',
      ended: (due, end) => {
        hear(due, end);
        isWoken = true;
        wake();
      },
    });
    const manual = createManualRuns(start, log);
    const watch = createScheduleWatch(book, log, runs.replace);
    sayProblems(files.all(), log);

    let isStopping = false;
    let lastFiles = now();
    let lastBeat = now();
    const tick = async (): Promise<void> => {
      const at = now();
      if (isOver(lastBeat, at, beatMs)) {
        lastBeat = at;
        book.beat(at);
      }
      if (isOver(lastFiles, at, filesMs)) {
        lastFiles = at;
        const isChanged = await files.look().catch((error: unknown) => {
          log.warn({ err: error }, 'the folders cannot be looked through');
          return false;
        });
        if (isChanged) sayProblems(files.all(), log);
      }
      const open = book.open();
      for (const { file, workflow } of files.all()) {
        if (isStopping) return;
        if (workflow?.schedule) await watch.see(file, workflow.schedule, open, now());
      }
      runs.look(book.open());
    };
    const loop = async (): Promise<never> => {
      while (!isStopping) {
        await tick();
        const pause = new AbortController();
        wake = () => pause.abort();
        if (isWoken) wake();
        isWoken = false;
        // On the half second, so that what is due on the second starts on it.
        if (!isStopping)
          await setTimeout(tickMs - (now() % tickMs) + 1, undefined, { signal: pause.signal }).catch(() => {});
      }
      return await new Promise<never>(() => {});
    };
    const workflow = (id: string): ServedFile => {
      const found = files.all().find((served) => served.id === id);
      if (found) return found;
      throw new MillraceError('WORKFLOW_NOT_FOUND', `There is no workflow \`${id}\` in the folders that are served.`);
    };
    const scheduled = (id: string): { readonly file: string; readonly schedule: Schedule } => {
      const { file, workflow: read } = workflow(id);
      if (read?.schedule) {
        book.look(file, definitionOf(read.schedule), now());
        return { file, schedule: read.schedule };
      }
      throw new MillraceError('USAGE_INVALID', `The workflow \`${id}\` has no schedule.`, {
        hint: 'Start a run of it, or write `schedule:` into it.',
      });
    };
    let closing: Promise<void> | undefined;
    const stopAll = async (): Promise<void> => {
      await Promise.all([runs.stop(), manual.stop()]);
    };
    const close = async (): Promise<void> => {
      await stopAll();
      book.close();
    };

    return {
      state: () => (isStopping ? 'stopping' : 'serving'),
      workflows: () => files.all().map((served) => servedWorkflow(served, book, now())),
      workflow: (id) => servedWorkflow(workflow(id), book, now()),
      dues: (id, limit) => book.dues(workflow(id).file, limit).map((due) => dueTime(due, book)),
      start: async (id, { inputs, mode }) => {
        const served = workflow(id);
        const problem = problemOf(served);
        if (problem) throw new MillraceError('WORKFLOW_INVALID', problem.message, { hint: problem.hint });
        return await manual.start({ kind: 'run', file: served.file, ...(inputs && { inputs }), ...(mode && { mode }) });
      },
      resume: (id) => manual.start({ kind: 'resume', id }),
      retry: (id, cause) => manual.start({ kind: 'retry', id, ...(cause !== undefined && { cause }) }),
      cancel: async (id) => {
        if ((await runs.cancel(id)) || (await manual.cancel(id))) return;
        throw new MillraceError('USAGE_INVALID', `The run ${id} is not in work by this server.`, {
          hint: 'Interrupt it where it was started.',
        });
      },
      trigger: (id) => triggerDue(book, scheduled(id).file, now()),
      pause: (id) => book.pause(scheduled(id).file, 'user', now()),
      unpause: (id) => book.unpause(scheduled(id).file, now()),
      backfill: (id, from, to) => {
        const { file, schedule } = scheduled(id);
        return backfillDues(book, file, schedule, { from, to, now: now() });
      },
      begin: (url) => {
        book.beat(now(), url);
        return loop();
      },
      stop: async () => {
        if (isStopping) void stopAll();
        isStopping = true;
        wake();
        closing ??= close();
        await closing;
      },
    };
  } catch (error) {
    book.close();
    throw error;
  }
}

/** Whether so much time has passed; also where the clock was put back. */
const isOver = (last: number, now: number, ms: number): boolean => now < last || now - last >= ms;

function servedWorkflow({ id, file, problems, workflow }: ServedFile, book: ScheduleBook, now: number): ServedWorkflow {
  const { schedule, description, name = id, inputs = {} } = workflow ?? {};
  return {
    id,
    file,
    name,
    ...(description !== undefined && { description }),
    inputs,
    problems,
    ...(schedule && { schedule: servedSchedule(file, schedule, book, book.kept(file), now) }),
  };
}

function sayProblems(files: readonly ServedFile[], log: Logger): void {
  for (const served of files) {
    const problem = problemOf(served)?.message;
    if (problem === undefined) continue;
    const facts = { workflow: served.id, problem };
    if (served.workflow) log.warn(facts, 'workflow has problems that may be gone when it runs');
    else log.warn(facts, 'workflow has problems, and is not run');
  }
}
