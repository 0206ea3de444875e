import { journalPath } from '../journal-path.ts';
import { execute } from '../run/execute.ts';
import { type AgainFlags, orderAgain, refuseAgain } from '../runs/run-again.ts';
import { withJournal } from '../runs/with-journal.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs resume`. */
export interface RunsResumeFlags extends AgainFlags {
  readonly journal?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `millrace runs resume ID`: goes on with a run, with what it was asked for with. Returns the exit code. */
export async function runsResume(id: string, flags: RunsResumeFlags, terminal: Terminal): Promise<number> {
  const journal = journalPath(flags, terminal);
  const run = await withJournal(journal, (reader) => reader.show(id));
  refuseAgain(run);
  const { json, quiet } = flags;
  return await execute({ ...orderAgain(run, flags, terminal), journal, json, quiet }, terminal);
}
