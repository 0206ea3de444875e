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
 * Leases that this process gave up without being able to say so, since the disk was full or the journal damaged; as long as it lives, nobody
 * else would ever find out. Of the process and not of a journal, because the next to ask may have opened the journal anew.
 */
const givenUp = new Set<string>();

/** Lets a run go whose journal cannot be written. */
export function giveUp(lease: string): void {
  givenUp.add(lease);
}

/**
 * Whether the process that a lease names is only known to be silent: it may wake up, and go on writing until it looks at the journal.
 *
 * @param lease JSON as the journal has it; null where nobody executes the run.
 * @throws {MillraceError} `RUN_BUSY` where its process works on.
 */
export function refuseIfHeld(what: string, lease: string | null, heardAt: number | null, now: number): boolean {
  if (lease === null) return false;
  const owner = JSON.parse(lease) as Lease;
  if (!isHeld(lease, heardAt, now)) return !givenUp.has(lease) && isAlive(owner) === undefined;
  throw new MillraceError('RUN_BUSY', `${what} is in work by the process ${owner.pid} on ${owner.host}.`, {
    hint: 'Wait for it, or end it; this command goes on where it stopped.',
  });
}

/** Whether the process that a lease names is still there. */
export function isHeld(lease: string, heardAt: number | null, now: number): boolean {
  if (givenUp.has(lease)) return false;
  const { host, pid, started } = JSON.parse(lease) as Lease;
  return isAlive({ host, pid, started }) ?? now - (heardAt ?? 0) < silenceMs;
}
