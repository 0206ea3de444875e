import { resolve } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { builtInKinds, openScheduleBook, type ScheduleBook } from '@millrace/runner';
import { createChecker, type Schedule } from '@millrace/schema';
import { definitionOf, problemOf, readServedFile } from '@millrace/server';
import { journalPath } from '../journal-path.ts';
import type { Terminal } from '../terminal.ts';

/** A workflow with a schedule, and what the journal knows of it. */
export interface OpenedSchedule {
  /** Absolute. */
  readonly file: string;
  readonly schedule: Schedule;
  readonly book: ScheduleBook;
  /** The path of the journal. */
  readonly journal: string;
}

/**
 * Opens what is known of the schedule of a workflow for a command that changes it; works beside a server and without one.
 *
 * @throws {MillraceError} `WORKFLOW_INVALID`; `USAGE_INVALID` where it has no schedule; those of the journal.
 */
export async function withSchedule<Value>(
  word: string,
  flags: { readonly journal?: string },
  terminal: Terminal,
  act: (opened: OpenedSchedule) => Value | Promise<Value>,
): Promise<Value> {
  const file = resolve(terminal.cwd, word);
  const served = await readServedFile(word, file, createChecker(builtInKinds));
  const { workflow } = served;
  if (!workflow) throw new MillraceError('WORKFLOW_INVALID', problemOf(served)?.message ?? word);
  if (!workflow.schedule)
    throw new MillraceError('USAGE_INVALID', `${word} has no \`schedule:\`.`, {
      hint: `Write one into it, or run it now: \`millrace run ${word}\`.`,
    });
  const journal = journalPath(flags, terminal);
  const book = await openScheduleBook(journal);
  try {
    book.look(file, definitionOf(workflow.schedule), Date.now());
    return await act({ file, schedule: workflow.schedule, book, journal });
  } finally {
    book.close();
  }
}
