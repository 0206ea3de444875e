import { safeText } from './safe-text.ts';

/** A character as a reader sees it, which may be several code units and take two columns of a terminal. */
export interface Cell {
  /** Where it ends in its text, in UTF-16 units. */
  readonly end: number;
  readonly shown: string;
  readonly width: number;
}

const tabWidth = 4;

/** Cuts a line into cells; control characters are made visible, a tab goes on to the next stop. */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)) {
    const shown = segment === '\t' ? ' '.repeat(tabWidth - (column % tabWidth)) : safeText(segment);
    const width = shown === segment ? widthOf(segment) : shown.length;
    cells.push({ end: index + segment.length, shown, width });
    column += width;
  }
  return cells;
}

/** The columns that a text takes in a terminal. */
export const displayWidth = (text: string): number => cellsOf(text).reduce((total, { width }) => total + width, 0);

/** Marks that stand on the character before them, or join two. */
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** East Asian wide and full-width characters, and what is shown as a picture. */
const wide =
  /^(?:\p{Emoji_Presentation}|.\u{fe0f}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}])/u;

const widthOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : noWidth.test(grapheme) ? 0 : 1);
