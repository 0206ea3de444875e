import { stat } from 'node:fs/promises';
import { openScheduleBook, type ScheduleBook } from '@millrace/runner';

/** What a journal knows of schedules, for a command that only looks: no journal is made. */
export async function withBook<Value>(
  path: string,
  act: (book: ScheduleBook | undefined) => Value | Promise<Value>,
): Promise<Value> {
  const isThere = await stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
  const book = isThere ? await openScheduleBook(path) : undefined;
  try {
    return await act(book);
  } finally {
    book?.close();
  }
}
