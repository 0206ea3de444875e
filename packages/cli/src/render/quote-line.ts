import { type Cell, cellsOf } from './display-width.ts';

/** A line of a file as it is shown, and what marks a range below it. */
export interface Quote {
  readonly text: string;
  readonly marks: string;
}

const ellipsis: Omit<Cell, 'end'> = { shown: '…', width: 1 };

/**
 * Shows a line with carets below a range of it, which is in UTF-16 units. A line that is longer than so many columns is cut around the
 * place.
 */
export function quoteLine(
  line: string,
  range: { readonly start: number; readonly end: number },
  columns: number,
): Quote {
  // No more of the line than could be shown is looked at: it may have a megabyte.
  const offset = wholeCharacter(line, Math.max(0, range.start - 2 * columns));
  const cells = cellsOf(line.slice(offset, wholeCharacter(line, range.start + 2 * columns)));
  const endOf = ({ end }: Cell): number => offset + end;
  const cellAt = (place: number): number => cells.filter((cell) => endOf(cell) <= place).length;
  const first = cellAt(range.start);
  const last = Math.max(first + 1, cellAt(range.end - 1) + 1);
  const cutAfter = cells.length > 0 && endOf(cells.at(-1) as Cell) < line.length;
  return draw(cells, { first, last, cutBefore: offset > 0, cutAfter }, columns);
}

interface Shown {
  readonly first: number;
  readonly last: number;
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

function draw(cells: readonly Cell[], { first, last, cutBefore, cutAfter }: Shown, columns: number): Quote {
  const from = cutBefore || widthOf(cells.slice(0, last)) > columns - 1 ? startNear(cells, first, columns) : 0;
  const to = endWithin(cells, from, columns - 2, cutAfter);
  const head = from > 0 || cutBefore ? ellipsis : { shown: '', width: 0 };
  const tail = to < cells.length || cutAfter ? ellipsis : { shown: '', width: 0 };
  const text = `${head.shown}${cells
    .slice(from, to)
    .map(({ shown }) => shown)
    .join('')}${tail.shown}`;
  const before = head.width + widthOf(cells.slice(from, first));
  const under = widthOf(cells.slice(first, Math.min(last, to)));
  return { text: text.trimEnd(), marks: ' '.repeat(before) + '^'.repeat(Math.max(1, under)) };
}

/** The cell to begin with, so that a third of the columns stand before the range. */
function startNear(cells: readonly Cell[], first: number, columns: number): number {
  let start = first;
  for (let width = 0; start > 0; start -= 1) {
    width += cells[start - 1]?.width ?? 0;
    if (width > columns / 3) break;
  }
  return start;
}

/** Behind the last cell that fits; one more column is there where nothing is left out. */
function endWithin(cells: readonly Cell[], from: number, columns: number, cutAfter: boolean): number {
  let width = 0;
  for (let index = from; index < cells.length; index += 1) {
    width += cells[index]?.width ?? 0;
    const isLast = index === cells.length - 1 && !cutAfter;
    if (width > columns + (isLast ? 1 : 0)) return index;
  }
  return cells.length;
}

const widthOf = (cells: readonly Cell[]): number => cells.reduce((total, { width }) => total + width, 0);

/** Not between the halves of a character. */
const wholeCharacter = (text: string, at: number): number =>
  /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '') ? at - 1 : at;
