import { isMillraceError } from '@millrace/errors';

/** What the process says by its exit code. */
export const exitCodes = {
  done: 0,
  bug: 1,
  /** The workflow, a file, an input or the command line is wrong; nothing was run, or nothing more could be. */
  invalid: 2,
  /** Rows or groups failed, or a step stopped the run. */
  failedRows: 3,
  /** `limits.errors` stopped the run. */
  errorBudget: 4,
  /** No host answers, or none has the model. */
  noHost: 5,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

/** The exit code for an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!isMillraceError(error)) return exitCodes.bug;
  return error.code === 'HOST_MISSING' || error.code === 'ENGINE_FAILED' ? exitCodes.noHost : exitCodes.invalid;
}
