/** From and to, as offsets into a text; the end is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A place as editors count it: both from 1, the column in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Finds the position of an offset; lines end with `\n`, also behind a `\r`. An offset behind the text is its end. */
export function createPositions(text: string): (offset: number) => TextPosition {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const place = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= place) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: place - (starts[low] as number) + 1 };
  };
}

/** The part of a range on its first line, without white space at its end where it is more than that. */
export function firstLine(text: string, { start, end }: TextRange): TextRange {
  const lineEnd = text.indexOf('\n', start);
  const upTo = lineEnd < 0 || lineEnd > end ? end : lineEnd;
  return { start, end: start + (text.slice(start, upTo).trimEnd().length || upTo - start) };
}
