/**
 * What characters cost, in hundredths of a token: fitted by hand to what the tokenizers of Gemma 3, Qwen 3 and Llama 3 make of texts and
 * code in 23 languages, and never changed. A resumed run must render the same bytes.
 *
 * @see docs/decisions/2026-11-23-counting-tokens.md for the errors.
 */
export const tokenCosts = {
  /** The first letter of a word of Latin letters; a capital behind a small letter begins another. */
  word: 80,
  /** Its second to sixth letter. */
  letter: 7,
  /** The seventh letter on, and capitals within a word: rare words come in pieces. */
  farLetter: 25,
  /** A letter with a sign to it, as é or ß, wherever it stands. */
  accented: 115,
  digit: 95,
  /** With the space before it, which goes with a word and not with a number. */
  digitBehindSpace: 185,
  /** A sign of ASCII; the same one again, as in a line, costs less. */
  sign: 55,
  sameSign: 15,
  /** The first line break of several. */
  lineBreak: 70,
  /** White space behind other white space; a single space costs nothing. */
  moreSpace: 4,
  cyrillic: 36,
  /** Greek, Arabic, Hebrew, Armenian, Georgian. */
  otherAlphabet: 55,
  /** Thai and the scripts of India and its neighbours. */
  syllabic: 65,
  /** Chinese and Japanese signs. */
  ideograph: 75,
  hangul: 80,
  emoji: 150,
  /** What else there is: arrows, quotation marks, joiners of emoji. */
  other: 100,
} as const;

/** The kinds of characters that are told apart. */
export type CharacterKind =
  | 'small'
  | 'capital'
  | 'accented'
  | 'digit'
  | 'sign'
  | 'space'
  | 'lineBreak'
  | 'cyrillic'
  | 'otherAlphabet'
  | 'syllabic'
  | 'ideograph'
  | 'hangul'
  | 'emoji'
  | 'other';

/** By the last code point of a range, in order; written out, so that a newer Unicode changes nothing. */
const ranges: readonly (readonly [number, CharacterKind])[] = [
  [0x08, 'other'],
  [0x09, 'space'],
  [0x0d, 'lineBreak'],
  [0x1f, 'other'],
  [0x20, 'space'],
  [0x2f, 'sign'],
  [0x39, 'digit'],
  [0x40, 'sign'],
  [0x5a, 'capital'],
  [0x60, 'sign'],
  [0x7a, 'small'],
  [0x7f, 'sign'],
  [0xbf, 'other'],
  [0x24f, 'accented'],
  [0x2ff, 'other'],
  [0x36f, 'accented'],
  [0x3ff, 'otherAlphabet'],
  [0x52f, 'cyrillic'],
  [0x77f, 'otherAlphabet'],
  [0x109f, 'syllabic'],
  [0x10ff, 'otherAlphabet'],
  [0x11ff, 'hangul'],
  [0x1dff, 'syllabic'],
  [0x1eff, 'accented'],
  [0x1fff, 'otherAlphabet'],
  [0x2e7f, 'other'],
  [0x30ff, 'ideograph'],
  [0x312f, 'ideograph'],
  [0x318f, 'hangul'],
  [0x9fff, 'ideograph'],
  [0xabff, 'syllabic'],
  [0xd7ff, 'hangul'],
  [0xf8ff, 'other'],
  [0xfaff, 'ideograph'],
  [0xfdff, 'otherAlphabet'],
  [0xfe6f, 'other'],
  [0xfeff, 'otherAlphabet'],
  [0xffef, 'ideograph'],
  [0x1ffff, 'emoji'],
  [0x3ffff, 'ideograph'],
];

const search = (codePoint: number): CharacterKind => ranges.find(([last]) => codePoint <= last)?.[1] ?? 'other';

const ofAscii: readonly CharacterKind[] = Array.from({ length: 0x80 }, (_, codePoint) => search(codePoint));

/** The kind of a character, by its code point. */
export const kindOfCharacter = (codePoint: number): CharacterKind => ofAscii[codePoint] ?? search(codePoint);
