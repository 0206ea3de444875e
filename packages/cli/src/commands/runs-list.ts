import { resolve } from 'node:path';
import { type ListedRun, readJournal } from '@millrace/runner';
import { runJson } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { journalPath } from '../journal-path.ts';
import { ago, count, duration } from '../render/figures.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs`. */
export interface RunsListFlags {
  readonly workflow?: string;
  readonly limit: number;
  readonly format: 'text' | 'json';
  readonly journal?: string;
}

/** `millrace runs`: lists the runs of the current folder. Returns the exit code. */
export async function runsList(flags: RunsListFlags, terminal: Terminal): Promise<number> {
  const journal = await readJournal(journalPath(flags, terminal));
  try {
    const { workflow, limit, format } = flags;
    const file = workflow === undefined ? undefined : resolve(terminal.cwd, workflow);
    // One more, to know whether there are more.
    const found = journal?.list({ workflow, file, limit: limit + 1 }) ?? [];
    const runs = found.slice(0, limit);
    if (format === 'json') await terminal.out(`${safeJson(runs.map(runJson))}\n`);
    else await terminal.out(runs.length === 0 ? `${noneOf(workflow)}\n` : tableOf(runs, Date.now()));
    if (found.length > runs.length && format === 'text')
      terminal.err(`There are more: \`--limit\` says how many are listed.\n`);
    return exitCodes.done;
  } finally {
    journal?.close();
  }
}

const noneOf = (workflow: string | undefined): string =>
  workflow === undefined ? 'There are no runs here yet.' : `There are no runs of ${oneLine(workflow)} here yet.`;

const tableOf = (runs: readonly ListedRun[], now: number): string =>
  alignColumns([
    ['RUN', 'WORKFLOW', 'STATUS', 'OK', 'FAILED', 'BEGUN', 'TOOK'],
    ...runs.map(({ id, workflow, status, counts, startedAt, endedAt = now }) => [
      id,
      oneLine(workflow, 40),
      status,
      count(counts.ok + counts.degraded),
      count(counts.failed),
      ago(startedAt, now),
      duration(Math.max(0, endedAt - startedAt)),
    ]),
  ])
    .map((line) => `${line}\n`)
    .join('');
