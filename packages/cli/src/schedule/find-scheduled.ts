import type { Schedule } from '@millrace/schema';
import { createServedFiles, type ServedFile } from '@millrace/server';
import { findRoots } from '../serve/find-roots.ts';
import type { Terminal } from '../terminal.ts';

/** A workflow file with a schedule. */
export interface ScheduledFile extends ServedFile {
  readonly schedule: Schedule;
}

/** The workflows with a schedule that words of the command line stand for: files, or folders with all below them; the current one without any. */
export async function findScheduled(
  words: readonly string[],
  terminal: Terminal,
): Promise<{ readonly scheduled: readonly ScheduledFile[]; readonly broken: readonly ServedFile[] }> {
  const files = createServedFiles(await findRoots(words, terminal.cwd));
  await files.look();
  const scheduled = files.all().flatMap((one) => {
    const schedule = one.workflow?.schedule;
    return schedule ? [{ ...one, schedule }] : [];
  });
  return { scheduled, broken: files.all().filter(({ workflow }) => !workflow) };
}
