import { extname, resolve } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { type ExportOptions, replaceResults } from '@millrace/runner';
import { exitCodes } from '../exit-codes.ts';
import { journalPath } from '../journal-path.ts';
import { oneLine } from '../render/safe-text.ts';
import { withJournal } from '../runs/with-journal.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs export`. */
export interface RunsExportFlags {
  readonly to: string;
  readonly format?: ExportOptions['format'];
  readonly errors?: boolean;
  readonly journal?: string;
}

/** `millrace runs export ID`: writes the results of a run, or its failed rows. Returns the exit code. */
export async function runsExport(id: string, flags: RunsExportFlags, terminal: Terminal): Promise<number> {
  const { to, errors } = flags;
  const format = flags.format ?? formatOf(to);
  await withJournal(journalPath(flags, terminal), async (journal) => {
    const lines = journal.export(id, { format, errors });
    if (to === '-') {
      for (const some of lines) await terminal.out(some);
    } else {
      await replaceResults(resolve(terminal.cwd, to), lines);
      terminal.err(`Wrote ${oneLine(to, 1000)}.\n`);
    }
  });
  return exitCodes.done;
}

function formatOf(to: string): ExportOptions['format'] {
  const ending = to === '-' ? '.jsonl' : extname(to).toLowerCase();
  if (ending === '.jsonl' || ending === '.ndjson') return 'jsonl';
  if (ending === '.csv') return 'csv';
  throw new MillraceError('USAGE_INVALID', `\`${to}\` has no ending that says how to write it.`, {
    hint: 'Use .jsonl or .csv, or say `--format`.',
  });
}
