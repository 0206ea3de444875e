import type { BrokenRow, ReadRow } from '../row.ts';
import { createElements, type JsonElement } from './json-elements.ts';
import type { ByteInput } from './open-bytes.ts';
import { binaryAt, decoded, openText, withLine } from './open-text.ts';
import { parseObject } from './parse-object.ts';
import { brokenRow, unreadable } from './unreadable.ts';

/**
 * A row an element of the array that the text is, each an object, read as they are asked for; a text that is an object is one row. An
 * element that is no object, or no JSON, is a broken row with its number and line, as is what stands behind the array.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for a text that is neither, is not in the encoding, or has a NUL.
 */
export async function* readJson(input: ByteInput, encoding?: string): AsyncGenerator<(ReadRow | BrokenRow)[]> {
  const { path } = input;
  const elements = createElements();
  const toRow = ({ text, place, problem }: JsonElement): ReadRow | BrokenRow =>
    problem === undefined ? parseObject(text, place, path) : brokenRow(path, place, problem);
  try {
    for await (const piece of decoded(await openText(input, encoding))) {
      const nul = piece.indexOf('\0');
      if (nul >= 0) throw binaryAt(path, elements.line() + piece.slice(0, nul).split('\n').length - 1);
      const rows = elements.take(piece).map(toRow);
      if (rows.length > 0) yield rows;
      if (elements.isOver()) return;
    }
  } catch (error) {
    throw withLine(path, elements.line(), error);
  }
  const rest = elements.end();
  if (rest === undefined) return;
  if (rest === 'empty')
    throw unreadable(path, ' is empty.', { hint: 'It must be a JSON array of objects, or one object.' });
  yield [toRow(rest)];
}
