import { isScalar, type Node } from 'yaml';
import type { TextRange } from './source.ts';

/**
 * Finds the place in the file of a part of a scalar's value.
 *
 * YAML changes a text on its way to the value (indentation, folded lines, escapes), so the two are walked side by side:
 * what the file has more (white space, backslashes, quotes) is passed over.
 */
export function rangeInScalar(text: string, node: Node | undefined, part: TextRange): TextRange | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [start, valueEnd] = node.range;
  let place = start + headerLength(text.slice(start, valueEnd), node.type);
  const placeOf = (offset: number, from: number): number => {
    for (let index = from; index < offset; index++)
      place = skipTo(text, place, valueEnd, node.value as string, index) + 1;
    return place;
  };
  placeOf(part.start, 0);
  if (part.start < node.value.length) place = skipTo(text, place, valueEnd, node.value, part.start);
  const rangeStart = place;
  return { start: rangeStart, end: placeOf(part.end, part.start) };
}

function headerLength(raw: string, type: string | undefined): number {
  if (type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') return 1;
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') return raw.indexOf('\n') + 1;
  return 0;
}

/** The next place at or behind `place` where the file has the character that the value has at `index`. */
function skipTo(text: string, place: number, end: number, value: string, index: number): number {
  const wanted = value[index] as string;
  let at = place;
  while (at < end && text[at] !== wanted) {
    if (/\s/.test(wanted) && /[\s\\]/.test(text[at] as string)) return at;
    at++;
  }
  return Math.min(at, end);
}
