import type { ErrorDescription } from '@millrace/errors';
import { describeError, MillraceError } from '@millrace/errors';
import type { Limits } from '@millrace/schema';
import type { RunEvent } from './events.ts';
import type { RunState } from './run-state.ts';

/** A share of the rows means little before so many have finished. */
const rowsBeforeShare = 100;

/** Why a run stops after this event, or undefined where it goes on. */
export function stopReason(state: RunState, event: RunEvent, limit: Limits['errors']): ErrorDescription | undefined {
  if ((event.type !== 'row-end' && event.type !== 'group-end') || event.status !== 'failed') return undefined;
  if (event.aborts) {
    const message = `The run was stopped, as \`on_error: abort\` says: ${event.error?.message ?? ''}`;
    return { ...describeError(new MillraceError('RUN_ABORTED', message)), ...(event.error && { cause: event.error }) };
  }
  const { ok, degraded, failed } = state.counts;
  if (!limit || event.type !== 'row-end' || !isTooMany(limit, failed, ok + degraded + failed)) return undefined;
  const finished = ok + degraded + failed;
  const allowed = 'rows' in limit ? `${limit.rows}` : `${Number((limit.share * 100).toFixed(2))}%`;
  const message = `${failed} of ${finished} finished rows failed, and \`limits.errors\` is ${allowed}.`;
  return describeError(new MillraceError('TOO_MANY_ERRORS', message));
}

const isTooMany = (limit: NonNullable<Limits['errors']>, failed: number, finished: number): boolean =>
  'rows' in limit ? failed >= limit.rows : finished >= rowsBeforeShare && failed >= limit.share * finished;
