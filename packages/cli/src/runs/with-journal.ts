import { MillraceError } from '@millrace/errors';
import { type JournalReader, readJournal } from '@millrace/runner';

/**
 * Reads the journal for a command that needs a run of it.
 *
 * @throws {MillraceError} `RUN_NOT_FOUND` where there is no journal.
 */
export async function withJournal<Value>(
  path: string,
  act: (journal: JournalReader) => Value | Promise<Value>,
): Promise<Value> {
  const journal = await readJournal(path);
  if (!journal) {
    const hint = `\`millrace run\` makes them; the journal would be \`${path}\`.`;
    throw new MillraceError('RUN_NOT_FOUND', 'There are no runs here yet.', { hint });
  }
  try {
    return await act(journal);
  } finally {
    journal.close();
  }
}
