import { MillraceError } from '@millrace/errors';
import { journalPath } from '../journal-path.ts';
import { execute } from '../run/execute.ts';
import { type InvocationFlags, invocationOf } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace run`. */
export interface RunFlags extends InvocationFlags {
  readonly new?: boolean;
  readonly due?: number;
  readonly journal?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `millrace run FILE`: goes on with its run, or begins one. Returns the exit code. */
export async function run(file: string, flags: RunFlags, terminal: Terminal): Promise<number> {
  if (flags.seed !== undefined && flags.sample === undefined)
    throw new MillraceError('USAGE_INVALID', '`--seed` chooses the rows of `--sample`, which is not given.');
  const { host = [], json, quiet } = flags;
  const order = {
    file,
    journal: journalPath(flags, terminal),
    invocation: invocationOf(flags, terminal.cwd),
    hosts: host,
    due: flags.due,
    mode: flags.new ? 'new' : 'continue',
    json,
    quiet,
  } as const;
  return await execute(order, terminal);
}
