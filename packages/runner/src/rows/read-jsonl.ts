import type { BrokenRow, ReadRow } from '../row.ts';
import type { ByteInput } from './open-bytes.ts';
import { parseObject } from './parse-object.ts';
import { readLines } from './read-lines.ts';

/** A row a line, each a JSON object; blank lines are none. A line that is something else is a broken row. */
export async function* readJsonl(input: ByteInput, encoding?: string): AsyncGenerator<(ReadRow | BrokenRow)[]> {
  for await (const { number, texts } of readLines(input, encoding)) {
    const rows: (ReadRow | BrokenRow)[] = [];
    texts.forEach((text, index) => {
      if (!isBlank(text)) rows.push(parseObject(text, `line ${number + index}`, input.path));
    });
    if (rows.length > 0) yield rows;
  }
}

/** Most lines begin with what is no space. */
export const isBlank = (text: string): boolean => (text.charCodeAt(0) <= 32 ? text.trim() === '' : text === '');
