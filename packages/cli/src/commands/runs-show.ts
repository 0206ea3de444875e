import type { ShownAnswer, ShownFailure, ShownRow, ShownRun } from '@millrace/runner';
import { isoTime, runJson } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { journalPath } from '../journal-path.ts';
import { safeJson } from '../render/safe-text.ts';
import { renderRow } from '../render/shown-row.ts';
import { renderRun } from '../render/shown-run.ts';
import { withJournal } from '../runs/with-journal.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace runs show`. */
export interface RunsShowFlags {
  readonly row?: string;
  readonly format: 'text' | 'json';
  readonly journal?: string;
}

/** `millrace runs show ID`: shows a run, or a row of it. Returns the exit code. */
export async function runsShow(id: string, flags: RunsShowFlags, terminal: Terminal): Promise<number> {
  const { row, format } = flags;
  const text = await withJournal(journalPath(flags, terminal), (journal) => {
    if (row === undefined) {
      const shown = journal.show(id);
      return format === 'json' ? `${safeJson(shownJson(shown))}\n` : renderRun(shown, Date.now());
    }
    const shown = journal.row(id, row);
    return format === 'json' ? `${safeJson(rowJson(shown))}\n` : renderRow(shown);
  });
  await terminal.out(text);
  return exitCodes.done;
}

function shownJson(run: ShownRun) {
  const { isReplaced, invocation, models, owner, causes, files, groups, tokens, reusedTokens, error } = run;
  return {
    ...runJson(run),
    ...(isReplaced && { replaced: true }),
    invocation,
    models,
    owner,
    causes,
    files: files.map(({ path, bytes, isFinished }) => ({ path, bytes, finished: isFinished })),
    groups,
    tokens,
    reusedTokens,
    error,
  };
}

const callJson = ({ at, ...call }: ShownAnswer | ShownFailure) => ({ ...call, at: isoTime(at) });

const rowJson = ({ endedAt, answers, failures, ...row }: ShownRow) => ({
  ...row,
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
  answers: answers.map(({ isTruncated, ...answer }) => ({
    ...callJson({ isTruncated, ...answer }),
    truncated: isTruncated,
  })),
  failures: failures.map(callJson),
});
