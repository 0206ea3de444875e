import type { BrokenRow, ReadRow } from '../row.ts';
import { readLines } from './read-lines.ts';

/** A row a line, as `row.text`; blank lines are none. */
export async function* readTxt(path: string): AsyncGenerator<ReadRow | BrokenRow> {
  for await (const { number, text } of readLines(path)) {
    if (text.trim() !== '') yield { place: `line ${number}`, value: { text } };
  }
}
