import { MillraceError } from '@millrace/errors';
import type { BrokenRow, ReadRow } from '../row.ts';
import { readLines } from './read-lines.ts';

/** A row a line, each a JSON object; blank lines are none. A line that is something else is a broken row. */
export async function* readJsonl(path: string): AsyncGenerator<ReadRow | BrokenRow> {
  for await (const { number, text } of readLines(path)) {
    if (text.trim() !== '') yield parseRow(text, `line ${number}`, path);
  }
}

function parseRow(text: string, place: string, path: string): ReadRow | BrokenRow {
  const broken = (message: string, cause?: unknown): BrokenRow => ({
    place,
    error: new MillraceError('ROWS_UNREADABLE', `${path}, ${place}: ${message}`, { cause }),
  });
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { place, value: value as ReadRow['value'] } : broken('this is JSON, but no object.');
  } catch (cause) {
    return broken(`this is not JSON: ${text.slice(0, 80)}`, cause);
  }
}
