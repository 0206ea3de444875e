import type { ReadRow } from '../row.ts';
import type { ByteInput } from './open-bytes.ts';
import { readLines } from './read-lines.ts';

/** A row a line, as `row.text`; blank lines are none. */
export async function* readTxt(input: ByteInput, encoding?: string): AsyncGenerator<ReadRow[]> {
  for await (const { number, texts } of readLines(input, encoding)) {
    const rows: ReadRow[] = [];
    texts.forEach((line, index) => {
      const text = line.endsWith('\r') ? line.slice(0, -1) : line;
      if (text.trim() !== '') rows.push({ place: `line ${number + index}`, value: { text } });
    });
    if (rows.length > 0) yield rows;
  }
}
