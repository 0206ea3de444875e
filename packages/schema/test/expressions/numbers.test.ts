import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../support/evaluate.ts';

describe('there is one kind of number, as in JSON', () => {
  test.each([
    ['row.n + 1', 6],
    ['row.half + 1', 1.5],
    ['1 / 2', 0.5],
    ['7 / 2', 3.5],
    ['2 * 3', 6],
    ['2 - 3', -1],
    ['-row.n', -5],
    ['- -1', 1],
    ['row.flag ? 1 : 2.5', 1],
    ['row.flag ? 1.5 : 2', 1.5],
    ['row.n % 2', 1],
    ['5.5 % 2', 1.5],
    ['-5 % 3', -2],
    ['0x10 + 1', 17],
    ['1e3', 1000],
    ['9007199254740993', 9007199254740992],
    ['row.n == 5', true],
    ['row.n == 5.0', true],
    ['5 == 5.0', true],
    ['row.n != 4', true],
    ['row.n in [1, 5]', true],
    ['row.n in [1, 5.0]', true],
    ['1 < 1.5 && 2 >= 2.0', true],
    ['size("abc") + 1', 4],
    ['size([1, 2]) / 4', 0.5],
    ['size({"a": 1}) == 1', true],
    ['"abc".size() * 1.5', 4.5],
    ['"abc".indexOf("c") + 1', 3],
    ['int("5") / 2', 2.5],
    ['int(2.9)', 2],
    ['int(-2.9)', -2],
    ['double("2.5") + 1', 3.5],
    ['double(row.n)', 5],
    ['double(" 5 ")', 5],
    ['double("-1e3")', -1000],
    ['string(5)', '5'],
    ['string(0.5)', '0.5'],
    ['index + 1', 1],
    ['[1, 2.5, 3][1]', 2.5],
    ['row.list[1]', 'b'],
    ['row.list[0 + 1]', 'b'],
    ['row.list[row.one]', 'b'],
    ['row.list[size(row.list) - 1]', 'c'],
    ['[1, 2, 3].map(x, x / 2)', [0.5, 1, 1.5]],
    ['[1, 2, 3].filter(x, x > 1.5)', [2, 3]],
    ['[1, 2].exists(x, x == 2) && [1, 2].all(x, x > 0) && [1, 2].exists_one(x, x == 1)', true],
    ['[1, 2] == [1.0, 2.0]', true],
    ['{"a": 1} == {"a": 1.0}', true],
    ['[1, 2.5, 3][1.0]', 2.5],
    ['default(row.none, 1) + 1', 2],
    ['type(1) == type(1.5)', true],
    ['json([1, 0.5])', '[1,0.5]'],
  ])('%s', async (code, value) => {
    const row = { n: 5, half: 0.5, one: 1, none: null, flag: true, list: ['a', 'b', 'c'] };
    expect(await evaluate(`\${${code}}`, { row })).toEqual(value);
    const columns = {
      n: 'double',
      half: 'double',
      one: 'double',
      flag: 'bool',
      list: { list: 'string' },
      none: 'dyn',
    } as const;
    expect(await evaluate(`\${${code}}`, { row, columns })).toEqual(value);
  });
});

describe('a result that is not finite is an error, wherever it comes up', () => {
  test.each([
    '1 / 0',
    '0 / 0',
    '1 % 0',
    '1e308 * 10',
    '-1e308 - 1e308',
    '1 / row.zero > 5',
    'string(1 / row.zero)',
    '[1, 1 / row.zero]',
    'json(1 / row.zero)',
    '1 / row.zero == 1 / row.zero',
  ])('%s', async (code) => {
    await expect(evaluate(`\${${code}}`, { row: { zero: 0 } })).rejects.toMatchObject({
      message: `\`\${${code}}\` failed: the result is not a finite number.`,
    });
  });
});

test.each(['inf', 'Infinity', 'nan', '0x10', '', '1_000', '1,5', '5 stars'])(
  'double(%j) is no number',
  async (text) => {
    await expect(evaluate('${double(row.text)}', { row: { text } })).rejects.toMatchObject({
      message: expect.stringContaining('is no number'),
    });
  },
);

test('an error that the other side of `||` and `&&` makes unimportant is none', async () => {
  expect(await evaluate('${1 / row.zero > 5 || true}', { row: { zero: 0 } })).toBe(true);
  expect(await evaluate('${1 / row.zero > 5 && false}', { row: { zero: 0 } })).toBe(false);
});
