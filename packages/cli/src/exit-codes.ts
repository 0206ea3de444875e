import { type ErrorCode, isMillraceError } from '@millrace/errors';

/** What the process says by its exit code. */
export const exitCodes = {
  done: 0,
  bug: 1,
  /** Of `plan`: the run, or some of its rows, will fail for sure. */
  willFail: 1,
  /** The workflow, a file, an input or the command line is wrong; nothing was run, or nothing more could be. */
  invalid: 2,
  /** Rows or groups failed, or a step stopped the run; a single call, or the transfer of a model, failed. */
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
  if (noHost.has(error.code)) return exitCodes.noHost;
  return error.retryable || failed.has(error.code) ? exitCodes.failedRows : exitCodes.invalid;
}

const noHost: ReadonlySet<ErrorCode> = new Set([
  'HOST_MISSING',
  'ENGINE_FAILED',
  'OLLAMA_UNREACHABLE',
  'MODEL_NOT_FOUND',
]);

/** What failed though nothing was wrong with what was asked for, beside what may succeed when it is tried again. */
const failed: ReadonlySet<ErrorCode> = new Set(['TRANSFER_FAILED', 'LINE_TOO_LONG']);
