import { type Pruned, pruneRuns } from '@millrace/runner';
import { exitCodes } from '../exit-codes.ts';
import { journalPath } from '../journal-path.ts';
import { ago, bytes, plural } from '../render/figures.ts';
import { oneLine } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs prune`. */
export interface RunsPruneFlags {
  readonly keep?: number;
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly journal?: string;
}

const monthMs = 30 * 86_400_000;

/** `millrace runs prune`: deletes old finished runs. Returns the exit code. */
export async function runsPrune(flags: RunsPruneFlags, terminal: Terminal): Promise<number> {
  const { keep, all, dryRun } = flags;
  const olderThanMs = flags.olderThan ?? (keep === undefined ? monthMs : 0);
  const pruned = await pruneRuns(journalPath(flags, terminal), { keep, olderThanMs, all, dryRun });
  await terminal.out(pruned ? textOf(pruned, dryRun === true, Date.now()) : 'There are no runs here yet.\n');
  return exitCodes.done;
}

function textOf({ runs, rows, bytes: size, isReclaimed }: Pruned, isDryRun: boolean, now: number): string {
  if (runs.length === 0) return 'There is nothing to delete.\n';
  const lines = alignColumns(
    runs.map(({ id, workflow, status, startedAt }) => [`  ${id}`, oneLine(workflow, 40), status, ago(startedAt, now)]),
  );
  const what = `${plural(runs.length, 'run')} with ${plural(rows, 'row')}`;
  const last = isDryRun
    ? `Would delete ${what}, about ${bytes(size)}.`
    : isReclaimed
      ? `Deleted ${what}; the journal is ${bytes(size)} smaller.`
      : `Deleted ${what}. Since a run is in work, ${bytes(size)} stay with the journal for what comes; another prune gives them back.`;
  return `${[...lines, last].join('\n')}\n`;
}
