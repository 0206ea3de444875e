import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { renderError } from '../render/errors.ts';
import { execute } from '../run/execute.ts';
import { invocationOf } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';
import type { OpenedSchedule } from './with-schedule.ts';

/** Where no server does it: runs what waits of these due times here, one after the other. Returns the worst exit code. */
export async function runWaiting(
  { file, book, journal }: OpenedSchedule,
  dues: readonly number[],
  { hosts, terminal }: { readonly hosts: readonly string[]; readonly terminal: Terminal },
): Promise<number> {
  let worst: number = exitCodes.done;
  for (const due of dues) {
    book.began(file, due);
    const invocation = invocationOf(hosts.length > 0 ? { host: hosts } : {}, terminal.cwd);
    const code = await execute({ file, journal, invocation, hosts, due }, terminal).catch((error: unknown) => {
      terminal.err(renderError(error));
      return exitCodeOf(error);
    });
    const run = book.runOf(file, due);
    if (code === exitCodes.interrupted) {
      book.postpone(file, due, Date.now());
      return code;
    }
    const end = { run: run?.id, at: Date.now() };
    if (run?.status === 'done' && run.failed === 0) book.ended(file, due, { state: 'ok', ...end });
    else book.ended(file, due, { state: 'failed', reason: run?.error ?? 'it failed', ...end });
    worst = Math.max(worst, code);
  }
  return worst;
}
