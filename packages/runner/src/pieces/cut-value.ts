import { splitText } from '../split-text.ts';
import { tokensOfItem } from './longest-values.ts';

/** Cuts a text where texts are cut, and a list between its items, into pieces of at most so many tokens; an item that is longer is one. */
export const cutValue = (value: string | readonly unknown[], tokens: number): readonly unknown[] =>
  typeof value === 'string' ? splitText(value, tokens, 0) : cutList(value, tokens);

function cutList(items: readonly unknown[], tokens: number): readonly (readonly unknown[])[] {
  const pieces: unknown[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const cost = tokensOfItem(item);
    if (used + cost > tokens) {
      pieces.push([]);
      used = 0;
    }
    pieces.at(-1)?.push(item);
    used += cost;
  }
  return pieces;
}
