import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../support/evaluate.ts';

describe('a text that is one expression keeps its type', () => {
  test.each([
    ['${row.n}', 5],
    ['${row.flag}', true],
    ['${row.nothing}', null],
    ['${row.list}', [1, 'a', null]],
    ['${row.map}', { a: { b: [1] } }],
    ['${ row.n }', 5],
    ['${\nrow.n\n}', 5],
    ['${"text"}', 'text'],
    ['${{"a": 1, "b": [row.n]}}', { a: 1, b: [5] }],
  ])('%s', async (template, value) => {
    const row = { n: 5, flag: true, nothing: null, list: [1, 'a', null], map: { a: { b: [1] } } };
    expect(await evaluate(template, { row })).toEqual(value);
  });
});

describe('inside text, strings stand as they are and the rest as JSON', () => {
  test.each([
    ['a ${row.text} b', 'a x "y"\n b'],
    ['a ${row.n} b', 'a 5 b'],
    ['${row.n}${row.n}', '55'],
    ['${row.n} ', '5 '],
    ['is ${row.flag}', 'is true'],
    ['is ${row.nothing}', 'is null'],
    ['is ${row.list}', 'is [1,"a",null]'],
    ['is ${row.map}', 'is {"a":{"b":[1]}}'],
    ['is ${0.1 + 0.2}', 'is 0.30000000000000004'],
    ['is ${1e21}', 'is 1e+21'],
    ['no expression', 'no expression'],
    ['', ''],
  ])('%s', async (template, value) => {
    const row = { text: 'x "y"\n', n: 5, flag: true, nothing: null, list: [1, 'a', null], map: { a: { b: [1] } } };
    expect(await evaluate(template, { row })).toBe(value);
  });
});

describe('braces, quotes and dollars', () => {
  test.each([
    ['$${row.text}', '${row.text}'],
    ['$${', '${'],
    ['a $${b} ${row.text}', 'a ${b} x'],
    ['$$${row.text}', '$${row.text}'],
    ['${"$"}${row.text}', '$x'],
    ['costs $5, $$, {a}, }', 'costs $5, $$, {a}, }'],
    ['${"}"}!', '}!'],
    ["${'}'}!", '}!'],
    ['${"\\"}"}!', '"}!'],
    ["${'\\'}'}!", "'}!"],
    ['${r"\\d}"}!', '\\d}!'],
    ['${"""a "}" b"""}!', 'a "}" b!'],
    ["${'''it's }'''}!", "it's }!"],
    ['${{"a": {"b": "}"}}["a"]["b"]}!', '}!'],
    ['${"${row.text}"}!', '${row.text}!'],
    ['${1 // } "\n}!', '1!'],
    ['${"//"}!', '//!'],
    ['${6 / 2 / 3}!', '1!'],
  ])('%j', async (template, value) => {
    expect(await evaluate(template, { row: { text: 'x' } })).toBe(value);
  });
});

test('text from a row is data: what looks like an expression in it stays as it is', async () => {
  const row = { text: '${inputs.secret} $${x} }' };
  expect(await evaluate('${row.text}', { row })).toBe('${inputs.secret} $${x} }');
  expect(await evaluate('a ${row.text}', { row })).toBe('a ${inputs.secret} $${x} }');
});

const noTexts =
  '`join` takes a list of texts, and not every item is one: make them texts with `list.map(x, string(x))`';

describe('what fails, fails with the expression and the reason', () => {
  test.each([
    ['${row.missing}', {}, 'there is no `missing`'],
    ['a ${row.a.b} c', { a: null }, 'there is no `b`'],
    ['${row.a + 1}', { a: 'x' }, '`+` does not work on a text and a number'],
    ['${row.a > 1}', { a: null }, '`null` and a number cannot be compared with `>`'],
    ['${row.a.contains("x")}', { a: 5 }, '`contains` cannot be called on a number with a text'],
    ['${size(row.a)}', { a: true }, '`size` cannot be called with `true` or `false`'],
    ['${row.a ? 1 : 2}', { a: 'yes' }, 'the condition must be `true` or `false`, and is a text'],
    ['${row.a && true}', { a: 1 }, '`&&` and `||` take `true` or `false`, and this is a number'],
    ['${!row.a}', { a: 1 }, '`!` cannot stand before a number'],
    ['${row.a[3]}', { a: [1] }, 'there is no item 3 in a list of 1'],
    ['${row.a[0.5]}', { a: [1] }, 'there is no item 0.5 in a list of 1'],
    ['${row.a.map(x, x)}', { a: 5 }, 'this works on a list, and this is a number'],
    ['${row.a.join(",")}', { a: [1, 2] }, noTexts],
    ['${double(row.a)}', { a: 'five' }, '"five" is no number'],
    ['${int(row.a)}', { a: '1.5' }, '"1.5" is no whole number'],
    [
      '${row.a.matches(row.b)}',
      { a: 'x', b: '(?=x)' },
      'the pattern cannot be used: it looks ahead or behind, which cannot be done in linear time',
    ],
    ['${1 / row.a}', { a: 0 }, 'the result is not a finite number'],
  ])('%s', async (template, row, reason) => {
    const code = /\$\{(.*)\}/.exec(template)?.[1];
    await expect(evaluate(template, { row })).rejects.toMatchObject({
      code: 'EXPRESSION_FAILED',
      message: `\`\${${code}}\` failed: ${reason}.`,
      hint: expect.stringMatching(/./),
      cause: expect.anything(),
    });
  });
});

describe('null is a value like others', () => {
  test.each([
    ['${row.flag ? row.text : null}', 'x'],
    ['${row.flag ? null : row.text}', null],
    ['${!row.flag ? 1 : row.flag ? null : 2}', null],
    ['${row.flag ? null : null}', null],
    ['${[null, 1, row.text]}', [null, 1, 'x']],
    ['${{"a": null, "b": 1}}', { a: null, b: 1 }],
    ['${null in [1, null]}', true],
    ['${default(row.flag ? null : 1, 5)}', 5],
  ])('%s', async (template, value) => {
    const row = { flag: true, text: 'x' };
    expect(await evaluate(template, { row })).toEqual(value);
    expect(await evaluate(template, { row, columns: { flag: 'bool', text: 'string' } })).toEqual(value);
  });
});

test('names that look like those that cel-js is given stay what they are in messages', async () => {
  await expect(evaluate('${row.json_size + row.Fields0}', { row: {} })).rejects.toMatchObject({
    message: '`${row.json_size + row.Fields0}` failed: there is no `json_size`.',
  });
});

test('a value that JSON does not have is refused, also deep in a result', async () => {
  await expect(evaluate('${[type(row)]}', {})).rejects.toMatchObject({
    code: 'EXPRESSION_FAILED',
    message: '`${[type(row)]}` failed: the result is no value that JSON has.',
  });
});
