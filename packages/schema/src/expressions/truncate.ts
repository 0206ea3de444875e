import { endOfTokens } from './estimate-tokens.ts';
import { type CharacterKind, kindOfCharacter } from './token-costs.ts';

/** How far back a place between two words is looked for, in UTF-16 units; a longer word is cut. */
const maxWord = 40;

/**
 * The longest beginning of a text that has so many tokens by the estimate of the language. It ends between two words where one is near,
 * without white space at its end, and never inside what is read as one character: a pair of surrogates, a letter and its accent, a family of
 * emoji. A text that fits comes back as it is. It may be empty: one character can have more than one token.
 *
 * @throws {RangeError} for less than 0 tokens.
 */
export function truncate(text: string, tokens: number): string {
  if (!(tokens >= 0)) throw new RangeError(`a text cannot be cut to ${tokens} tokens`);
  const end = endOfTokens(text, tokens);
  return end === text.length ? text : text.slice(0, endOfWord(text, endOfCharacter(text, end))).trimEnd();
}

/** What belongs to the character before it: accents, joiners, skin tones, tags, the vowels and ends of a Korean syllable. */
const extending = /^(?:\p{M}|\u200c|\u200d|[\u1160-\u11ff]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007f}])/u;
const joiner = 0x200d;

function endOfCharacter(text: string, from: number): number {
  let end = from;
  while (end > 0 && isInside(text, end)) end -= isPair(text, end - 2) ? 2 : 1;
  return end;
}

function isInside(text: string, place: number): boolean {
  const before = text.charCodeAt(place - 1);
  if (before === joiner || (before === 0x0d && text.charCodeAt(place) === 0x0a)) return true;
  if (isFlagLetter(text, place) && isFlagLetter(text, place - 2)) return flagLettersBefore(text, place) % 2 === 1;
  return extending.test(text.slice(place, place + 2));
}

/** Two of these make a flag. */
const isFlagLetter = (text: string, place: number): boolean => {
  const codePoint = text.codePointAt(place) ?? 0;
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff;
};

function flagLettersBefore(text: string, place: number): number {
  let start = place;
  while (isFlagLetter(text, start - 2)) start -= 2;
  return (place - start) / 2;
}

const isPair = (text: string, place: number): boolean => (text.codePointAt(place) ?? 0) > 0xffff;

/** Words may end behind these without white space. */
const borders: ReadonlySet<CharacterKind> = new Set(['space', 'lineBreak', 'ideograph', 'emoji', 'other']);

function endOfWord(text: string, end: number): number {
  const least = Math.max(1, end - maxWord);
  for (let place = end; place >= least; place--) if (isBorder(text, place)) return place;
  return end;
}

const isBorder = (text: string, place: number): boolean =>
  borders.has(kindOfCharacter(text.codePointAt(place) as number)) || borders.has(kindBefore(text, place));

const kindBefore = (text: string, place: number): CharacterKind =>
  kindOfCharacter(text.codePointAt(isPair(text, place - 2) ? place - 2 : place - 1) as number);
