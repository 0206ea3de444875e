import { type CharacterKind, kindOfCharacter, tokenCosts } from './token-costs.ts';

/** Hundredths, so that sums are exact. */
const perToken = 100;

/**
 * The tokens that a text has, about: the one estimate of the language, the same for every model and for ever. It takes no account of
 * what a chat template adds.
 *
 * The estimate of a beginning of a text is never larger than that of the text.
 */
export const estimateTokens = (text: string): number =>
  Math.ceil(costUpTo(text, Number.POSITIVE_INFINITY).cost / perToken);

/** Where the longest beginning of so many tokens ends, in UTF-16 units and never inside a surrogate pair; reads no further than it must. */
export const endOfTokens = (text: string, tokens: number): number => costUpTo(text, Math.floor(tokens) * perToken).end;

/** Adds up what the characters cost, up to the first that is too much. */
function costUpTo(text: string, most: number): { readonly cost: number; readonly end: number } {
  let [cost, end, length] = [0, 0, 0];
  let before = -1;
  let kindBefore: CharacterKind | undefined;
  while (end < text.length) {
    const codePoint = text.codePointAt(end) as number;
    const kind = kindOfCharacter(codePoint);
    length = isInWord(kind, kindBefore) ? length + 1 : 1;
    const next = cost + (codePoint === before ? costOfSame(kind, length) : costOf(kind, kindBefore, length));
    if (next > most) break;
    cost = next;
    end += codePoint > 0xffff ? 2 : 1;
    before = codePoint;
    kindBefore = kind;
  }
  return { cost, end };
}

const isLatin = (kind: CharacterKind | undefined): boolean =>
  kind === 'small' || kind === 'capital' || kind === 'accented';

/** Whether a letter goes on with the word before it: `Token` of `estimateToken` does not. */
const isInWord = (kind: CharacterKind, before: CharacterKind | undefined): boolean =>
  isLatin(kind) && isLatin(before) && !(kind === 'capital' && before !== 'capital');

const costOfSame = (kind: CharacterKind, length: number): number =>
  kind === 'sign' ? tokenCosts.sameSign : costOf(kind, kind, length);

/** `length` is that of the word so far, with this letter. */
function costOf(kind: CharacterKind, before: CharacterKind | undefined, length: number): number {
  switch (kind) {
    case 'small':
    case 'capital':
      if (length === 1) return tokenCosts.word;
      return length > 6 || kind === 'capital' ? tokenCosts.farLetter : tokenCosts.letter;
    case 'space':
      return before === 'space' || before === 'lineBreak' ? tokenCosts.moreSpace : 0;
    case 'lineBreak':
      return before === 'lineBreak' ? tokenCosts.moreSpace : tokenCosts.lineBreak;
    case 'digit':
      return before === 'space' ? tokenCosts.digitBehindSpace : tokenCosts.digit;
    default:
      return tokenCosts[kind];
  }
}
