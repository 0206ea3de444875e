import { MillraceError } from '@millrace/errors';
import type { JournalReader, ListedRun } from '@millrace/runner';
import type { JournalAccess } from './journal-access.ts';

/**
 * Looks at a run of the journal.
 *
 * @param word An id, its unique beginning, its last part, or `last`.
 * @throws {MillraceError} `RUN_NOT_FOUND`, also where there is no journal yet.
 */
export async function ofRun<Value>(
  journal: JournalAccess,
  word: string,
  look: (reader: JournalReader, run: ListedRun) => Value,
): Promise<Value> {
  if (word === '') throw new MillraceError('RUN_NOT_FOUND', 'No run is named.', { hint: 'See `/api/runs`.' });
  const found = await journal.read((reader) => ({ value: look(reader, reader.find(word)) }));
  if (found) return found.value;
  throw new MillraceError('RUN_NOT_FOUND', 'There are no runs here yet.', { hint: 'Start one: POST /api/runs.' });
}
