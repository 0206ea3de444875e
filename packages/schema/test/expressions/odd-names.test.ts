import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../support/evaluate.ts';

// As a csv reader or JSON.parse makes it: all of these are the row's own.
const row = JSON.parse(
  '{"constructor":"c","__proto__":"p","prototype":"t","toString":"s","hasOwnProperty":"h","valueOf":"v","in":"i","Review Text":"r","größe":5,"":"e","a.b":"d","text":"x"}',
) as Record<string, unknown>;

describe('columns are data, whatever their names', () => {
  test.each([
    ['row.constructor', 'c'],
    ['row["constructor"]', 'c'],
    ['row.__proto__', 'p'],
    ['row.prototype', 't'],
    ['row.toString', 's'],
    ['row.hasOwnProperty', 'h'],
    ['row.valueOf', 'v'],
    ['row["in"]', 'i'],
    ['row["Review Text"]', 'r'],
    ['row["größe"] + 1', 6],
    ['row[""]', 'e'],
    ['row["a.b"]', 'd'],
    ['row[row.text + ""]', 'itself'],
    ['row.text + row.constructor', 'xc'],
    ['"constructor" in row', true],
    ['"missing" in row', false],
    ['has(row.constructor)', true],
    ['has(row.missing)', false],
    ['size(row)', 13],
    ['default(row.missing, row.constructor)', 'c'],
    ['row.filter(name, row[name] == "c")', ['constructor']],
    ['row == row', true],
    ['[row].map(r, r.constructor)', ['c']],
    ['json(row.constructor)', '"c"'],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`, { row: { ...row, x: 'itself' } })).toEqual(value);
  });
});

test('a row with such columns comes back as the object that it is', async () => {
  const value = (await evaluate('${row}', { row })) as object;
  expect(Object.entries(value)).toEqual(Object.entries(row));
  expect(await evaluate('a ${row}', { row })).toBe(`a ${JSON.stringify(row)}`);
  expect(await evaluate('${json(row)}', { row })).toBe(JSON.stringify(row));
});

test('such columns are known to the check', async () => {
  const columns = Object.fromEntries(Object.keys(row).map((name) => [name, 'string' as const]));
  expect(await evaluate('${row.constructor.trim() + row.__proto__ + row.prototype}', { row, columns })).toBe('cpt');
});

describe('such names are data at any depth', () => {
  const nested = JSON.parse('{"list":[{"constructor":{"__proto__":[1,{"constructor":null}]}}]}') as Record<
    string,
    unknown
  >;
  test.each([
    ['row.list[0].constructor.__proto__[0]', 1],
    ['row.list[0].constructor.__proto__[1].constructor', null],
    ['row.list.map(x, size(x.constructor.__proto__))', [2]],
  ])('%s', async (code, value) => {
    expect(await evaluate(`\${${code}}`, { row: nested })).toEqual(value);
  });

  test('and stay what they are on the way through', async () => {
    expect(JSON.stringify(await evaluate('${row.list}', { row: nested }))).toBe(JSON.stringify(nested.list));
  });
});

test.each(['constructor', '__proto__', 'prototype'])('a map literal keeps the key %s', async (name) => {
  const value = (await evaluate(`\${{"${name}": 1, "b": 2}}`)) as object;
  expect(Object.entries(value)).toEqual([
    [name, 1],
    ['b', 2],
  ]);
  expect(await evaluate(`\${{"${name}": {"${name}": 5}}["${name}"]["${name}"]}`)).toBe(5);
});

test('what every object has by birth is no column', async () => {
  for (const name of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
    await expect(evaluate(`\${row.${name}}`, { row: { a: 1 } })).rejects.toMatchObject({
      message: `\`\${row.${name}}\` failed: there is no \`${name}\`.`,
    });
    expect(await evaluate(`\${default(row.${name}, "none")}`, { row: { a: 1 } })).toBe('none');
    expect(await evaluate(`\${has(row.${name})}`, { row: { a: 1 } })).toBe(false);
  }
});

test('an input may be called like a part of every object', async () => {
  expect(await evaluate('${inputs.constructor}', { inputs: { constructor: 'c' } })).toBe('c');
});

test('the answer of a step may have such fields', async () => {
  const returns = { first: { constructor: 'string', prototype: 'number' } };
  const steps = { first: { constructor: 'c', prototype: 5 } };
  expect(await evaluate('${first.constructor + string(first.prototype)}', { steps, returns })).toBe('c5');
});
