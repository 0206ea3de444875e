import type { ShownRun } from '@millrace/runner';
import { journalPath } from '../journal-path.ts';
import { count } from '../render/figures.ts';
import { execute } from '../run/execute.ts';
import { exitCodeFor } from '../run/exit-code-for.ts';
import { orderAgain, refuseAgain } from '../runs/run-again.ts';
import { withJournal } from '../runs/with-journal.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs retry`. */
export interface RunsRetryFlags {
  readonly cause?: string;
  readonly host?: readonly string[];
  readonly parallel?: number;
  readonly journal?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `millrace runs retry ID`: runs the rows that failed again. Returns the exit code. */
export async function runsRetry(id: string, flags: RunsRetryFlags, terminal: Terminal): Promise<number> {
  const journal = journalPath(flags, terminal);
  const run = await withJournal(journal, (reader) => reader.show(id));
  refuseAgain(run);
  const { cause, json, quiet } = flags;
  if (matching(run, cause) === 0) {
    if (!quiet) terminal.err(`${nothingToRetry(run, cause)}\n`);
    return exitCodeAsItWas(run);
  }
  return await execute({ ...orderAgain(run, flags, terminal), journal, retry: { cause }, json, quiet }, terminal);
}
/** Groups of reduces that failed count too: they are made again. */
const matching = ({ retryCauses }: ShownRun, cause: string | undefined): number =>
  cause === undefined ? sum(retryCauses) : (retryCauses[cause] ?? 0);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, number) => total + number, 0);

function nothingToRetry({ id, retryCauses }: ShownRun, cause: string | undefined): string {
  const others = Object.entries(retryCauses)
    .map(([word, rows]) => `${word} (${count(rows)})`)
    .join(', ');
  if (cause === undefined || others === '') return `Nothing to retry: no row of run ${id} failed.`;
  return `Nothing to retry: no row of run ${id} failed for ${cause}. The causes are ${others}.`;
}

function exitCodeAsItWas({ status, counts, groups = { ok: 0, failed: 0, skipped: 0 }, error }: ShownRun): number {
  const how = status === 'stopped' || status === 'done' ? status : 'interrupted';
  return exitCodeFor({ status: how, counts, groups, error });
}
