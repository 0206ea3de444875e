import { endOfTokens, estimateTokens } from '@millrace/schema';

/** Where a text may be cut, from the best kind of place to the worst; each match ends where the next piece begins. */
const borders: readonly RegExp[] = [/\n[^\S\n]*\n\s*/g, /[.!?…]["'»”’)\]]*\s+|[。！？]["'」』）]*\s*|\n/g, /\s+/g];

/**
 * Cuts a text into pieces of at most so many tokens, by the estimate of the language: behind paragraphs where that leaves a piece at least
 * half full, else behind sentences, else behind words, else anywhere between two characters. White space at the ends of pieces is
 * dropped; an empty text gives no pieces.
 *
 * @param overlap How many tokens of a piece the next one begins with again, from a word on.
 */
export function splitText(text: string, tokens: number, overlap: number): string[] {
  const pieces: string[] = [];
  let start = skipSpace(text, 0);
  while (start < text.length) {
    const end = endOfPiece(text, start, tokens);
    const piece = text.slice(start, end).trim();
    if (piece !== '') pieces.push(piece);
    if (skipSpace(text, end) >= text.length) break;
    start = skipSpace(text, Math.max(overlap > 0 ? startOfOverlap(text, start, end, overlap) : end, start + 1));
  }
  return pieces;
}

/** More UTF-16 units than a token ever has, so that no more of a long text is looked at than a piece may need. */
const unitsPerToken = 64;

function endOfPiece(text: string, start: number, tokens: number): number {
  const ahead = text.slice(start, start + tokens * unitsPerToken);
  const most = endOfTokens(ahead, tokens);
  if (most >= ahead.length) return start + ahead.length;
  // A single character may cost more than a whole piece may have.
  if (most === 0) return start + ((ahead.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);
  for (const border of borders) {
    const cut = lastBorder(ahead, most, border);
    if (cut >= most / 2) return start + cut;
  }
  return start + most;
}

/** The end of the last match that is not behind `most`; white space that reaches beyond it may be left to the next piece. */
function lastBorder(text: string, most: number, border: RegExp): number {
  let last = 0;
  for (const match of text.slice(0, most + 1).matchAll(border)) last = Math.min(match.index + match[0].length, most);
  return last;
}

/** The first word behind which there are no more tokens up to the end than the overlap may have. */
function startOfOverlap(text: string, start: number, end: number, overlap: number): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (estimateTokens(text.slice(middle, end)) > overlap) low = middle + 1;
    else high = middle;
  }
  const word = /\s/g;
  word.lastIndex = low === start ? low : low - 1;
  const space = word.exec(text.slice(0, end));
  const begin = space ? skipSpace(text, space.index) : end;
  // In a text without spaces, between two characters.
  if (begin < end) return begin;
  return isInPair(text, low) ? low + 1 : low;
}

const isInPair = (text: string, index: number): boolean => {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

function skipSpace(text: string, from: number): number {
  let index = from;
  while (index < text.length && /\s/.test(text.charAt(index))) index++;
  return index;
}
