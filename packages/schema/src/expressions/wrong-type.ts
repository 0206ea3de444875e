import type { CheckedExpression } from './language.ts';
import { plainType } from './plain-words.ts';
import type { ExpressionProblem } from './problem.ts';

/** What a place takes of a text that is one expression, which a `condition` must be; of a number or a map, a place for a `text` makes one. */
export type Expected = 'condition' | ValueWord | 'key' | 'group' | 'text' | 'any' | OneOf;

/** What a value may be at a place that takes several; of nothing is another one made there. */
export type ValueWord = 'string' | 'bool' | 'double' | 'list' | 'map';

/** A place for values of several types. */
export interface OneOf {
  readonly values: readonly ValueWord[];
}

interface Wanted {
  readonly fits: RegExp;
  readonly words: string;
  readonly hint: string;
}

const bool: Wanted = {
  fits: /^bool$/,
  words: '`true` or `false`',
  hint: 'Compare it with something: `==`, `!=`, `<`, ….',
};

const wanted: Readonly<Record<Exclude<Expected, OneOf>, Wanted>> = {
  condition: bool,
  bool,
  string: { fits: /^string$/, words: 'a text', hint: 'Make a text of it with `string(x)`.' },
  double: { fits: /^double$/, words: 'a number', hint: 'Make a number of a text with `double(x)`.' },
  list: { fits: /^list/, words: 'a list', hint: '' },
  map: { fits: /^(map|Fields)/, words: 'a map', hint: '' },
  key: { fits: /^(string|double|bool)$/, words: 'a text or a number', hint: 'Read one field of it.' },
  group: {
    fits: /^(string|double|bool|null)$/,
    words: 'a text, a number, `true`, `false` or null',
    hint: 'Read one field of it.',
  },
  text: { fits: /^(?!type$|null$)/, words: 'a text', hint: '' },
  any: { fits: /^(?!type$)/, words: 'a value', hint: 'A type can only be compared: `type(x) == string`.' },
};

/** Finds an expression whose value does not fit its place. */
export function wrongType(code: string, result: CheckedExpression, expected: Expected): ExpressionProblem | undefined {
  const { fits, words, hint } = typeof expected === 'string' ? wanted[expected] : wantedOf(expected);
  const start = code.length - code.trimStart().length;
  const range = { start, end: code.trimEnd().length };
  if (result.type !== 'dyn' && !fits.test(result.type)) {
    const message = `This must be ${words}, and is ${plainType(result.type)}.`;
    return { ...range, code: 'EXPRESSION_TYPE', message, hint };
  }
  if (expected === 'any' || expected === 'group' || typeof result.value !== 'object' || !('nullable' in result.value))
    return undefined;
  const message = `This must be ${words}, and may be null.`;
  return { ...range, code: 'EXPRESSION_TYPE', message, hint: `Write \`default(${code.trim()}, …)\`.` };
}

function wantedOf({ values }: OneOf): Wanted {
  const all = values.map((word) => wanted[word]);
  const fits = new RegExp(all.map((one) => one.fits.source).join('|'));
  return { fits, words: all.map((one) => one.words).join(' or '), hint: '' };
}
