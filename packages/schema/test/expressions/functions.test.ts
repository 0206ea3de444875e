import { describe, expect, test } from '@jest/globals';
import { cpuTimer } from '../support/cpu-time.ts';
import { evaluate } from '../support/evaluate.ts';

describe('texts', () => {
  test.each([
    ['"abc".contains("b")', true],
    ['"abc".startsWith("ab") && !"abc".startsWith("b")', true],
    ['"abc".endsWith("bc")', true],
    ['"Größe".upperAscii()', 'GRÖSSE'],
    ['"GRÖSSE".lowerAscii()', 'grösse'],
    ['"  a\\n".trim()', 'a'],
    ['"abcb".indexOf("b")', 1],
    ['"abcb".indexOf("b", 2)', 3],
    ['"abcb".indexOf("x")', -1],
    ['"abcb".lastIndexOf("b")', 3],
    ['"abcb".lastIndexOf("b", 2)', 1],
    ['"abc".substring(1)', 'bc'],
    ['"abc".substring(0, 2)', 'ab'],
    ['"abc".substring(0, 500)', 'abc'],
    ['"abc".substring(5)', ''],
    ['"a,b,c".split(",")', ['a', 'b', 'c']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"a,b,c".split(",", 0)', []],
    ['"a,b,c".split(",", -1)', ['a', 'b', 'c']],
    ['"a,b,c".split(",")[2]', 'c'],
    ['["a", "b"].join()', 'ab'],
    ['["a", "b"].join(", ")', 'a, b'],
    ['lines("a\\nb\\r\\nc")', ['a', 'b', 'c']],
    ['lines("")', ['']],
    ['"a" + "b" < "b"', true],
    ['bool("true") && !bool("false")', true],
    ['json("a\\"b")', '"a\\"b"'],
    ['json(null)', 'null'],
    ['string(true)', 'true'],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`)).toEqual(value);
  });
});

describe('places in a text count characters, so that an emoji is one', () => {
  test.each([
    ['size(row.text)', 5],
    ['row.text.size()', 5],
    ['row.text.indexOf("c")', 4],
    ['row.text.indexOf("b", 2)', 2],
    ['row.text.lastIndexOf("😀")', 3],
    ['row.text.lastIndexOf("😀", 2)', 1],
    ['row.text.substring(1, 2)', '😀'],
    ['row.text.substring(2)', 'b😀c'],
    ['row.text.substring(0, size(row.text)) == row.text', true],
    ['row.text.substring(row.text.indexOf("b"))', 'b😀c'],
    ['row.text.indexOf("x")', -1],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`, { row: { text: 'a😀b😀c' } })).toEqual(value);
  });
});

test.each(['"abc".substring("abc".indexOf("x"))', '"abc".substring(0, "abc".indexOf("x"))'])(
  'what was not found is no place in a text: %s',
  async (code) => {
    await expect(evaluate(`\${${code}}`)).rejects.toMatchObject({
      message: `\`\${${code}}\` failed: the place is -1: what was looked for is not there.`,
    });
  },
);

test.each(['"abc".substring(0.5)', '"abc".substring(-2)', '"abc".indexOf("a", -1)'])('no place: %s', async (code) => {
  await expect(evaluate(`\${${code}}`)).rejects.toMatchObject({ code: 'EXPRESSION_FAILED' });
});

describe('patterns take linear time', () => {
  test.each([
    ['"ab12".matches("[0-9]+")', true],
    ['"ab12".matches("^[0-9]+$")', false],
    ['"Größe".matches("^\\\\p{L}+$")', true],
    ['"é".matches("\\\\u00e9")', true],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`)).toBe(value);
  });

  test('also one that backtracks for ever elsewhere', async () => {
    const elapsed = cpuTimer();
    expect(await evaluate('${row.text.matches("^(a+)+$")}', { row: { text: `${'a'.repeat(10_000)}b` } })).toBe(false);
    expect(elapsed()).toBeLessThan(2000);
  });

  test('a pattern from a row is compiled once, and any number of them are forgotten again', async () => {
    const many = Array.from({ length: 250 }, (_, index) => `^${index}$`);
    expect(await evaluate('${row.many.filter(p, "7".matches(p))}', { row: { many: [...many, ...many] } })).toEqual([
      '^7$',
      '^7$',
    ]);
  });
});

describe('default', () => {
  test.each([
    ['default(row.none, "else")', 'else'],
    ['default(row.missing, "else")', 'else'],
    ['default(row.none.deep.deeper, "else")', 'else'],
    ['default(row.map.missing.deep, "else")', 'else'],
    ['default(row.map["missing"], "else")', 'else'],
    ['default(row.list[7], "else")', 'else'],
    ['default(row.text, "else")', 'text'],
    ['default(row.empty, "else")', ''],
    ['default(row.zero, 1)', 0],
    ['default(row.false, true)', false],
    ['default(null, "else")', 'else'],
    ['default(row.none, null)', null],
    ['default(row.none, default(row.missing, "else"))', 'else'],
    ['default(row.none, "else").trim()', 'else'],
  ])('%s', async (code, value) => {
    const row = { none: null, text: 'text', empty: '', zero: 0, false: false, map: {}, list: [] };
    expect(await evaluate(`\${${code.replace('row.false', 'row["false"]')}}`, { row })).toEqual(value);
  });

  test('takes no other failure for a value that is not there', async () => {
    await expect(evaluate('${default(row.n.trim(), "")}', { row: { n: 5 } })).rejects.toMatchObject({
      message: '`${default(row.n.trim(), "")}` failed: `trim` cannot be called on a number.',
    });
    await expect(evaluate('${default(1 / 0, 1)}')).rejects.toMatchObject({ code: 'EXPRESSION_FAILED' });
  });

  test('evaluates its second argument only where it is needed', async () => {
    expect(await evaluate('${default(row.a, row.missing)}', { row: { a: 1 } })).toBe(1);
    await expect(evaluate('${default(row.a, row.missing)}', { row: { a: null } })).rejects.toMatchObject({
      message: '`${default(row.a, row.missing)}` failed: there is no `missing`.',
    });
  });
});

describe('has', () => {
  test.each([
    ['has(row.a)', true],
    ['has(row.none)', true],
    ['has(row.missing)', false],
    ['has(row.map.b)', true],
    ['has(row.map.c)', false],
    ['has(row.none.c)', false],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`, { row: { a: 1, none: null, map: { b: 2 } } })).toBe(value);
  });
});

describe('lists and maps', () => {
  test.each([
    ['[1, "a", null, true]', [1, 'a', null, true]],
    ['[1] + [2]', [1, 2]],
    ['"b" in {"a": 1, "b": 2}', true],
    ['{"a": 1}.map(k, k)', ['a']],
    ['[1, 2, 3, 4].map(x, x % 2 == 0, x * 10)', [20, 40]],
    ['[[1], [2]].map(x, x.map(y, y + 1))', [[2], [3]]],
    ['{"a": 1}["a"]', 1],
    ['{"a": {"b": 1}}.a.b', 1],
    ['[]', []],
    ['{}', {}],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`)).toEqual(value);
  });
});
