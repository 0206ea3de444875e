import { describe, expect, test } from '@jest/globals';
import { problems } from '../support/check.ts';
import { evaluate } from '../support/evaluate.ts';

/**
 * Every kind of value in every position. Each line is checked with declared types, and evaluated with and without them.
 *
 * A value is what it gives; `refused` is found by the check where types are declared, and fails the row where they are not; `fails` can
 * only be known when it runs; `asked` is refused where types are declared, and gives the value where they are not.
 */
type Expected =
  | { readonly is: unknown }
  | { readonly refused: string }
  | { readonly fails: string }
  | { readonly asked: string; readonly is: unknown };

const is = (value: unknown): Expected => ({ is: value });
const refused = (words: string): Expected => ({ refused: words });
const fails = (words: string): Expected => ({ fails: words });
const asked = (words: string, value: unknown): Expected => ({ asked: words, is: value });

// n is 5, half 0.5, zero 0, big 1e308, none null (a text or null), nothing null (a number or null), word "good" (good, bad or mixed).
const steps = {
  a: {
    n: 5,
    half: 0.5,
    zero: 0,
    big: 1e308,
    yes: true,
    text: 'text',
    none: null,
    nothing: null,
    word: 'good',
    odd: 'ugly',
    maybe: null,
    list: [1, 2.5, 3],
    words: ['good', 'bad'],
  },
};
const number = { type: 'number' };
const returns = {
  a: {
    type: 'object',
    properties: {
      n: number,
      half: number,
      zero: { type: 'integer' },
      big: number,
      yes: { type: 'boolean' },
      text: { type: 'string' },
      none: { type: ['string', 'null'] },
      nothing: { type: ['number', 'null'] },
      word: { enum: ['good', 'bad', 'mixed'] },
      odd: { enum: ['ugly', 'plain'] },
      maybe: { enum: ['good', 'bad', null] },
      list: { type: 'array', items: number },
      words: { type: 'array', items: { enum: ['good', 'bad', 'mixed'] } },
    },
  },
};

const mayBeNull = 'may be null';

const table: Readonly<Record<string, readonly (readonly [string, Expected])[]>> = {
  'numbers in arithmetic': [
    ['1 / 2', is(0.5)],
    ['a.n + 1', is(6)],
    ['a.n + 0.5', is(5.5)],
    ['a.n + a.half', is(5.5)],
    ['1 + a.half', is(1.5)],
    ['a.n - 6', is(-1)],
    ['a.n * 2', is(10)],
    ['a.n / 2', is(2.5)],
    ['a.n % 2', is(1)],
    ['a.half % 0.3', is(0.2)],
    ['-a.n', is(-5)],
    ['-(a.n - 5)', is(0)],
    ['a.n + a.zero + 1.0', is(6)],
    ['9007199254740992 + 1', is(9007199254740992)],
    ['a.n + a.text', refused('`+` does not work on a number and a text')],
    ['a.n + a.yes', refused('`+` does not work on a number and `true` or `false`')],
    ['a.text * 2', refused('`*` does not work on a text and a number')],
    ['-a.text', refused('`-` cannot stand before a text')],
  ],
  'results that are not finite': [
    ['a.n / a.zero', fails('not a finite number')],
    ['a.n % a.zero', fails('not a finite number')],
    ['a.zero / 0', fails('not a finite number')],
    ['a.big * 10', fails('not a finite number')],
    ['-a.big * 10', fails('not a finite number')],
    ['a.big * 10 > 1', fails('not a finite number')],
    ['[a.n / a.zero]', fails('not a finite number')],
    ['{"x": a.n / a.zero}', fails('not a finite number')],
    ['a.yes ? a.n / a.zero : 1', fails('not a finite number')],
    ['a.yes ? 1 : a.n / a.zero', is(1)],
    ['a.list.map(x, x / a.zero)', fails('not a finite number')],
    ['a.list.exists(x, x / a.zero > 1)', fails('not a finite number')],
    ['default(a.n / a.zero, 1)', fails('not a finite number')],
    ['json(a.n / a.zero)', fails('not a finite number')],
    ['string(a.n / a.zero)', fails('not a finite number')],
  ],
  'numbers in comparisons': [
    ['a.n == 5', is(true)],
    ['a.n == 5.0', is(true)],
    ['a.half == 1 / 2', is(true)],
    ['a.n != 4', is(true)],
    ['a.n > 4.5', is(true)],
    ['4 < a.n', is(true)],
    ['a.n >= 5 && a.n <= 5.0', is(true)],
    ['a.list == [1.0, 2.5, 3]', is(true)],
    ['{"x": 1} == {"x": 1.0}', is(true)],
    ['a.n == "5"', asked('A number and a text cannot be compared', false)],
    ['a.n == true', asked('cannot be compared', false)],
    ['a.n > "4"', refused('A number and a text cannot be compared')],
    ['a.n > a.yes', refused('cannot be compared')],
    ['a.list > 1', refused('cannot be compared')],
  ],
  'numbers in `in`': [
    ['a.n in [1, 5]', is(true)],
    ['a.n in [1.5, 5.0]', is(true)],
    ['a.n in a.list', is(false)],
    ['3 in a.list', is(true)],
    ['2.5 in a.list', is(true)],
    ['size(a.list) in [3]', is(true)],
    ['a.n in []', is(false)],
    ['"3" in a.list', asked('A text cannot be `in` a list', false)],
    ['a.n in a.text', refused('cannot be `in` a text')],
  ],
  'numbers in `? :`': [
    ['a.yes ? 1 : 2.5', is(1)],
    ['a.yes ? a.half : 2', is(0.5)],
    ['(a.yes ? 1 : 2.5) / 2', is(0.5)],
    ['a.n > 4 ? "more" : "less"', is('more')],
    ['a.yes ? 1 : "one"', refused('one type')],
    ['a.n ? 1 : 2', refused('must be `true` or `false`, and is a number')],
  ],
  'numbers as places': [
    ['a.list[0]', is(1)],
    ['a.list[1.0]', is(2.5)],
    ['a.list[a.zero]', is(1)],
    ['a.list[a.n - 4]', is(2.5)],
    ['a.list[a.half * 2]', is(2.5)],
    ['a.list[size(a.list) - 1]', is(3)],
    ['a.list[a.list[0]]', is(2.5)],
    ['[[1, 2], [3]][1][0]', is(3)],
    ['a.list[3]', fails('there is no item 3 in a list of 3')],
    ['a.list[a.half]', fails('there is no item 0.5 in a list of 3')],
    ['a.list[-1]', fails('there is no item -1')],
    ['a.list["0"]', refused('counted by whole numbers, and this is a text')],
    ['a.text.substring(1, a.n - 2)', is('ex')],
    ['a.text.substring(a.half)', fails('no place 0.5')],
    ['a.text[0]', refused('has no fields')],
  ],
  'numbers in functions': [
    ['size(a.text) / 8', is(0.5)],
    ['int(a.half + 1)', is(1)],
    ['double("2.5") + a.n', is(7.5)],
    ['double(a.n)', is(5)],
    ['string(a.n)', is('5')],
    ['string(a.half * 2)', is('1')],
    ['json(a.list)', is('[1,2.5,3]')],
    ['a.text.indexOf("x") + a.half', is(2.5)],
    ['default(a.n, 1) + 1', is(6)],
    ['default(a.nothing, 1) + 0.5', is(1.5)],
    ['type(a.n) == type(1.5) && type(size("a")) == double', is(true)],
    ['truncate("one two", a.n - 4)', is('one')],
    ['lines(a.n)', refused('`lines` cannot be called with a number')],
    ['a.n.contains("5")', refused('cannot be called on a number')],
    ['a.text.contains(a.n)', refused('cannot be called on a text with a number')],
  ],
  'numbers in macros': [
    ['a.list.map(x, x + 1)', is([2, 3.5, 4])],
    ['a.list.map(x, x > 1, x / 2)', is([1.25, 1.5])],
    ['a.list.filter(x, x > 1.5)', is([2.5, 3])],
    ['a.list.exists(x, x == 3)', is(true)],
    ['a.list.exists_one(x, x < 2)', is(true)],
    ['a.list.all(x, x >= 1.0)', is(true)],
    ['[1, 2.5].map(x, a.list[int(x)])', is([2.5, 3])],
    ['[].map(x, x + 1)', is([])],
    ['[].exists(x, x == 1)', is(false)],
    ['a.list.map(x, x + "1")', refused('`+` does not work on a number and a text')],
    ['a.list.filter(x, x)', refused('must be `true` or `false`, and is a number')],
    ['a.n.map(x, x)', refused('works on a list, and this is a number')],
  ],
  'null in arithmetic and comparisons': [
    ['a.none == null', is(true)],
    ['null != a.n', is(true)],
    ['a.none == "x"', is(false)],
    ['"x" != a.none', is(true)],
    ['a.none == a.none', is(true)],
    ['a.none == a.text', is(false)],
    ['a.nothing == 0', is(false)],
    ['a.none + "x"', refused(mayBeNull)],
    ['a.nothing + 1', refused(mayBeNull)],
    ['-a.nothing', refused(mayBeNull)],
    ['a.nothing < 1', refused(mayBeNull)],
    ['1 >= a.nothing', refused(mayBeNull)],
    ['a.none != null && a.none + "x" == "x"', is(false)],
    ['a.nothing == null || a.nothing > 1', is(true)],
    ['!(a.nothing != null) || a.nothing > 1', is(true)],
    ['a.none != null || a.none + "x" == "x"', refused(mayBeNull)],
  ],
  'null in `in`': [
    ['a.none in ["x", null]', is(true)],
    ['a.none in ["x"]', is(false)],
    ['null in [1]', refused('cannot be `in` a list')],
    ['null in a.list', asked('cannot be `in` a list', false)],
    ['"x" in a.none', refused('cannot be `in`')],
  ],
  'null in `? :`': [
    ['a.yes ? a.none : "x"', is(null)],
    ['a.yes ? null : 1', is(null)],
    ['a.none == null ? "none" : a.none', is('none')],
    ['(a.none == null ? "none" : a.none).trim()', is('none')],
    ['(a.none != null ? a.none : "none").trim()', is('none')],
    ['(a.nothing != null ? a.nothing : 1) + 1', is(2)],
    ['(a.yes ? a.none : "x").trim()', refused(mayBeNull)],
    ['(a.yes ? "x" : null).trim()', refused(mayBeNull)],
    ['(a.yes ? a.nothing : 1) + 1', refused(mayBeNull)],
    ['null ? 1 : 2', refused('must be `true` or `false`, and is `null`')],
  ],
  'null as a place': [
    ['a.list[a.nothing]', refused(mayBeNull)],
    ['a.list[default(a.nothing, 0)]', is(1)],
    ['[1, null][1]', is(null)],
    ['{"x": null}.x', is(null)],
    ['{"x": null}["x"] == null', is(true)],
    ['default({"x": null}.x, "none")', is('none')],
    ['default({"x": {"y": null}}.x.y, 1)', is(1)],
  ],
  'null in functions': [
    ['default(a.none, "x")', is('x')],
    ['default(a.none, "x").trim()', is('x')],
    ['default(a.none, a.none)', is(null)],
    ['default(a.none, null)', is(null)],
    ['default(a.none, a.none).trim()', refused(mayBeNull)],
    ['json(a.none)', is('null')],
    ['has(a.none)', is(true)],
    ['type(a.none) == null_type', is(true)],
    ['string(a.none)', refused(mayBeNull)],
    ['size(a.none)', refused(mayBeNull)],
    ['a.none.size()', refused(mayBeNull)],
    ['a.none.trim()', refused(mayBeNull)],
    ['a.text.contains(a.none)', refused(mayBeNull)],
    ['a.none.matches("x")', refused(mayBeNull)],
    ['lines(a.none)', refused(mayBeNull)],
    ['truncate(a.none, 5)', refused(mayBeNull)],
    ['truncate(a.text, a.nothing)', refused(mayBeNull)],
    ['double(a.none)', refused(mayBeNull)],
    ['[a.none].join()', fails('not every item is one')],
    ['a.none != null && a.none.trim() == "x"', is(false)],
  ],
  'null in macros': [
    ['[1, null].map(x, x == null)', is([false, true])],
    ['[1, null].filter(x, x != null)', is([1])],
    ['["x", null].map(x, default(x, "none"))', is(['x', 'none'])],
    ['[null].exists(x, x == null)', is(true)],
    ['a.list.map(x, x > 2 ? x : null)', is([null, 2.5, 3])],
    ['[1, null].map(x, x + 1)', fails('`+` does not work on `null` and a number')],
    ['a.list.map(x, x + a.nothing)', refused(mayBeNull)],
    ['a.list.filter(x, a.nothing == null)', is([1, 2.5, 3])],
    ['a.none.map(x, x)', refused('works on a list')],
  ],
  'choices in comparisons': [
    ['a.word == "good"', is(true)],
    ['a.word != "bad"', is(true)],
    ['"good" == a.word', is(true)],
    ['a.maybe == "good"', is(false)],
    ['a.maybe == null', is(true)],
    ['a.word == a.text', is(false)],
    ['a.word < "h"', is(true)],
    ['a.word == "god"', asked('`a.word` is never `"god"`. Did you mean `good`?', false)],
    ['a.word != "goood"', asked('`a.word` is never `"goood"`. Did you mean `good`?', true)],
    ['"mixd" == a.word', asked('`a.word` is never `"mixd"`. Did you mean `mixed`?', false)],
    ['a.maybe == "goood"', asked('`a.maybe` is never `"goood"`. Did you mean `good`?', false)],
    ['a["word"] == "god"', asked('Did you mean `good`?', false)],
    ['a.word == a.odd', asked('`a.word` and `a.odd` are never the same. `a.odd` is `ugly` or `plain`.', false)],
    ['a.word == 5', asked('cannot be compared', false)],
  ],
  'choices in `in`': [
    ['a.word in ["good", "mixed"]', is(true)],
    ['a.word in a.words', is(true)],
    ['a.word in ["god", "bad"]', asked('`a.word` is never `"god"`. Did you mean `good`?', false)],
    ['a.maybe in ["good", null]', is(true)],
  ],
  'choices in `? :` and default': [
    ['a.yes ? a.word : "none"', is('good')],
    ['(a.yes ? a.word : "none") == "none"', is(false)],
    ['(a.yes ? a.word : "none") == "non"', asked('Did you mean `none`?', false)],
    ['default(a.maybe, "none") == "none"', is(true)],
    ['default(a.maybe, "none") == "goud"', asked('Did you mean `good`?', false)],
    ['a.word == "god" ? 1 : 2', asked('Did you mean `good`?', 2)],
    ['a.yes && a.word == "god"', asked('Did you mean `good`?', false)],
  ],
  'choices as places, in functions and macros': [
    ['{"good": 1, "bad": 2, "mixed": 3}[a.word]', is(1)],
    ['a.words[1] == "bad"', is(true)],
    ['a.words[1] == "bed"', asked('Did you mean `bad`?', false)],
    ['a.word.startsWith("go")', is(true)],
    ['a.word + "!"', is('good!')],
    ['a.word.matches("^g")', is(true)],
    ['a.words.filter(x, x == "good")', is(['good'])],
    ['a.words.exists(x, x == "goood")', asked('`x` is never `"goood"`. Did you mean `good`?', false)],
    ['a.words.exists(x, x in ["goood"])', asked('Did you mean `good`?', false)],
    ['a.words.join(",")', is('good,bad')],
    ['a.maybe.trim()', refused(mayBeNull)],
  ],
};

/** What the check says of it, where the answer of `a` has these types. */
async function checked(code: string): Promise<string | undefined> {
  const file = { model: 'm', steps: { a: { generate: 'hi', returns: returns.a }, b: { set: `\${${code}}` } } };
  const errors = (await problems(JSON.stringify(file))).filter(({ severity }) => severity === 'error');
  expect(errors.length).toBeLessThanOrEqual(1);
  if (!errors[0]) return undefined;
  expect(errors[0].code).toMatch(/^(EXPRESSION_TYPE|FUNCTION_UNKNOWN|FIELD_UNKNOWN)$/);
  return `${errors[0].message} ${errors[0].hint}`;
}

describe.each(Object.entries(table))('%s', (_, lines) => {
  test.each(lines)('%s', async (code, expected) => {
    const problem = await checked(code);
    // The same value in a column that nobody declared: only the run can tell.
    const undeclared = () => evaluate(`\${${code.replaceAll(/\ba\b(?=[.[])/g, 'row.a')}}`, { row: { a: steps.a } });
    if ('refused' in expected) {
      expect(problem?.toLowerCase()).toContain(expected.refused.toLowerCase());
      await expect(undeclared()).rejects.toThrow(/failed: |EXPRESSION_TYPE|FUNCTION_UNKNOWN/);
    } else if ('asked' in expected) {
      expect(problem).toContain(expected.asked);
      expect(await undeclared()).toEqual(expected.is);
    } else {
      expect(problem).toBeUndefined();
      const declared = () => evaluate(`\${${code}}`, { steps, returns });
      for (const result of [declared, undeclared]) {
        if ('fails' in expected) await expect(result()).rejects.toThrow(expected.fails);
        else expect(await result()).toEqual(expected.is);
      }
    }
  });
});
