import type { RunState } from '@millrace/runner';
import { exitCodes } from '../exit-codes.ts';

/** What of a run decides the exit code. */
export type Outcome = Pick<RunState, 'status' | 'counts' | 'groups' | 'error'>;

/** The exit code for how a run ended. */
export function exitCodeFor({ status, counts, groups, error }: Outcome): number {
  if (status === 'interrupted') return exitCodes.interrupted;
  if (status === 'stopped') return error?.code === 'TOO_MANY_ERRORS' ? exitCodes.errorBudget : exitCodes.failedRows;
  return counts.failed + groups.failed > 0 ? exitCodes.failedRows : exitCodes.done;
}
