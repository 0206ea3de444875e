import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another with the same pid is not taken for it. */
export interface ProcessOwner {
  readonly host: string;
  readonly pid: number;
  /** When it started, in the words of its system; empty where that cannot be told. */
  readonly started: string;
}

/** This process. */
export const thisProcess = (): ProcessOwner => ({
  host: hostname(),
  pid: process.pid,
  started: startOf(process.pid) ?? '',
});

/** Whether a process of this machine is still there; undefined where that cannot be told from here. */
export function isAlive({ host, pid, started }: ProcessOwner): boolean | undefined {
  if (host !== hostname()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Without the right to signal it, it is there all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === '' || now === undefined ? undefined : now === started;
}

/** Linux tells in clock ticks since the machine started, so the start of the machine belongs to it; others tell the time of day. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in brackets may hold spaces; what follows it does not.
      const [state = '', ...rest] = status.slice(status.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return '';
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${rest[18]}`;
    }
    if (process.platform === 'win32') return undefined;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 }).trim();
  } catch {
    return undefined;
  }
}
