import { MillraceError } from '@millrace/errors';
import { isAlive, type ProcessOwner } from './process-owner.ts';

/** Who executes a run, as the journal has it. */
export interface Lease extends ProcessOwner {
  /** Another one for each time that a run is taken up. */
  readonly token: string;
}

/** How often an owner says that it is there. */
export const heartbeatMs = 5_000;

/** An owner that cannot be looked for, since it is on another machine, is gone after so long a silence. */
const silenceMs = 60_000;

/**
 * @param lease JSON as the journal has it; null where nobody executes the run.
 * @throws {MillraceError} `RUN_BUSY` where its process works on.
 */
export function refuseIfHeld(what: string, lease: string | null, heardAt: number | null, now: number): void {
  if (lease === null || !isHeld(lease, heardAt, now)) return;
  const { host, pid } = JSON.parse(lease) as Lease;
  throw new MillraceError('RUN_BUSY', `${what} is in work by the process ${pid} on ${host}.`, {
    hint: 'Wait for it, or end it; this command goes on where it stopped.',
  });
}

/** Whether the process that a lease names is still there. */
export function isHeld(lease: string, heardAt: number | null, now: number): boolean {
  const { host, pid, started } = JSON.parse(lease) as Lease;
  return isAlive({ host, pid, started }) ?? now - (heardAt ?? 0) < silenceMs;
}
