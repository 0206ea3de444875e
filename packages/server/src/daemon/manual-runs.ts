import { codes, type ErrorCode, MillraceError } from '@millrace/errors';
import type { Logger } from 'pino';
import type { RunCommand, RunProcess, StartRun } from '../runs/run-process.ts';

/** Runs that somebody asks for, each in a process of its own. */
export interface ManualRuns {
  /** Resolves with the id of the run when it has begun. @throws {MillraceError} What kept it from beginning. */
  start(command: RunCommand): Promise<string>;
  /** Interrupts a run; resolves when it has ended, with false where it is not one of these. */
  cancel(run: string): Promise<boolean>;
  /** As of runs that are due. */
  stop(): Promise<void>;
}

export function createManualRuns(start: StartRun, log: Logger): ManualRuns {
  const active = new Map<RunProcess, Promise<unknown>>();
  let isStopping = false;
  return {
    start: async (command) => {
      if (isStopping)
        throw new MillraceError('SERVER_BUSY', 'The server is stopping, and starts nothing any more.', { hint: '' });
      const process = start(command);
      log.info({ ...command, pid: process.pid }, 'run started');
      const ended = process.ended.then((exit) => {
        active.delete(process);
        log.info({ ...command, code: exit.code, reason: exit.error?.message }, 'run ended');
        return exit;
      });
      active.set(process, ended);
      const id = await process.begun;
      if (id !== undefined) return id;
      const { error, code } = await ended;
      throw notBegun(error, code);
    },
    cancel: async (id) => {
      for (const [process, ended] of active) {
        if ((await process.begun) !== id) continue;
        process.interrupt();
        await ended;
        return true;
      }
      return false;
    },
    stop: async () => {
      for (const process of active.keys()) {
        if (isStopping) process.kill();
        else process.interrupt();
      }
      isStopping = true;
      await Promise.all(active.values());
    },
  };
}

/** What another process said is said again as it is. */
function notBegun(
  error: { readonly code?: string; readonly message: string; readonly hint?: string } | undefined,
  code: number | null,
): MillraceError {
  if (!error)
    return new MillraceError('USAGE_INVALID', `The run did not begin: its process ended with ${code ?? 'a signal'}.`);
  const known = error.code !== undefined && error.code in codes ? (error.code as ErrorCode) : 'USAGE_INVALID';
  return new MillraceError(known, error.message, { hint: error.hint });
}
