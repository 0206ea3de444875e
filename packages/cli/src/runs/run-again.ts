import { MillraceError } from '@millrace/errors';
import type { ShownRun } from '@millrace/runner';
import type { RunOrder } from '../run/execute.ts';
import { type Invocation, invocationOf } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';

/** What may be said anew when a run goes on. */
export interface AgainFlags {
  readonly host?: readonly string[];
  readonly parallel?: number;
}

/** A run, asked for with what it was asked for before. */
export function orderAgain(
  { id, file, due, invocation }: ShownRun,
  flags: AgainFlags,
  terminal: Pick<Terminal, 'cwd'>,
): Omit<RunOrder, 'journal'> {
  const before = invocation as Partial<Invocation>;
  const given = invocationOf(flags, terminal.cwd);
  return {
    file,
    id,
    due,
    hosts: flags.host ?? before.host ?? [],
    invocation: {
      ...before,
      cwd: before.cwd ?? terminal.cwd,
      inputs: before.inputs ?? {},
      host: given.host ?? before.host,
      parallel: given.parallel ?? before.parallel,
    },
  };
}

/**
 * Refuses what cannot go on.
 *
 * @throws {MillraceError} `RUN_BUSY` where it is in work; `USAGE_INVALID` where it was begun afresh since, or its rows came from stdin.
 */
export function refuseAgain({ id, file, status, isReplaced, owner, invocation }: ShownRun): void {
  const again = `Run the workflow again: \`millrace run ${file}\`.`;
  if (status === 'running') {
    const by = owner ? ` by the process ${owner.pid} on ${owner.host}` : '';
    throw new MillraceError('RUN_BUSY', `The run ${id} is in work${by}.`);
  }
  if (isReplaced)
    throw new MillraceError('USAGE_INVALID', `The run ${id} was begun afresh since.`, {
      hint: `See \`millrace runs --workflow ${file}\` for the newer one.`,
    });
  if ((invocation as Partial<Invocation> | null)?.from === '-')
    throw new MillraceError('USAGE_INVALID', `The rows of the run ${id} came from stdin, and are not there any more.`, {
      hint: again,
    });
}
