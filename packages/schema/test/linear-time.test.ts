import { describe, expect, test } from '@jest/globals';
import { createAnswerValidator } from '@millrace/schema';
import { problems } from './support/check.ts';
import { cpuTimer } from './support/cpu-time.ts';
import { evaluate } from './support/evaluate.ts';

const letters = `${'a'.repeat(50_000)}!`;

/** Patterns that take exponential or cubic time where an engine backtracks. */
const bombs: readonly (readonly [string, string])[] = [
  ['^(a+)+$', letters],
  ['^(a|aa)+$', letters],
  ['^(a|a)*$', letters],
  ['^([a-zA-Z]+)*$', letters],
  ['^(a*)*$', letters],
  ['^(a?){50}a{50}$', letters],
  ['(x+x+)+y', 'x'.repeat(50_000)],
  ['^(.*)*=.*$', letters],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', letters],
  ['(.*?,){11}P', '1,2,3,4,5,6,7,8,9,10,11,12,'.repeat(2000)],
  ['\\s+$', `${' '.repeat(50_000)}x`],
  ['^([\\w.-]+)+@([\\w-]+\\.)+[a-z]{2,}$', letters],
];

describe('patterns that are bombs elsewhere end in time', () => {
  test.each(bombs)('%s in an expression', async (pattern, text) => {
    const elapsed = cpuTimer();
    const code = `row.text.matches(${JSON.stringify(pattern)})`;
    expect(await evaluate(`\${${code}}`, { row: { text } })).toBe(false);
    expect(elapsed()).toBeLessThan(1500);
  });

  test.each(bombs)('%s in `pattern`', (pattern, text) => {
    const elapsed = cpuTimer();
    expect(createAnswerValidator({ type: 'string', pattern })(text)).toHaveLength(1);
    expect(elapsed()).toBeLessThan(1500);
  });

  test.each(bombs)('%s in `patternProperties`', (pattern, text) => {
    const elapsed = cpuTimer();
    const validate = createAnswerValidator({ type: 'object', patternProperties: { [pattern]: { type: 'null' } } });
    expect(validate({ [text]: 1 })).toEqual([]);
    expect(elapsed()).toBeLessThan(1500);
  });
});

test.each(['email', 'uri', 'regex', 'date-time', 'hostname', 'ipv6'])(
  '`format: %s` tells the model what is wanted, and runs no pattern',
  (format) => {
    const elapsed = cpuTimer();
    expect(createAnswerValidator({ type: 'string', format })(letters)).toEqual([]);
    expect(elapsed()).toBeLessThan(1500);
  },
);

/** Short, and a thousand steps for every few characters. */
const large = '(?:.?){1000}[bc]|'.repeat(50);

/** With what is said of it. */
const refused: readonly (readonly [string, string])[] = [
  ['(?=a)b', 'it looks ahead or behind, which cannot be done in linear time'],
  ['(?<!a)b', 'it looks ahead or behind, which cannot be done in linear time'],
  ['(a)\\1', 'it refers back to a group, which cannot be done in linear time'],
  ['(', 'missing closing )'],
  ['a{1001}', 'invalid repeat count'],
  ['(a{100}){100}', 'invalid repeat count'],
  [large, 'it is too large: it has 100103 steps, and can have 2000'],
  ['a|'.repeat(1001), 'it has more than 2000 characters'],
];

describe('patterns that cannot be used', () => {
  test.each(refused)('%s is a diagnostic where it is written out', async (pattern, why) => {
    const call = `\${"a".matches(${JSON.stringify(pattern)})}`;
    const returns = {
      type: 'object',
      properties: { a: { type: 'string', pattern }, b: { type: 'object', patternProperties: { [pattern]: {} } } },
    };
    const steps = { first: { set: call }, second: { generate: 'hi', returns } };
    const found = await problems(JSON.stringify({ model: 'm', steps }));
    const sentence = expect.stringContaining(`This pattern cannot be used: ${why}`);
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({ code: 'EXPRESSION_SYNTAX', path: 'steps.first.set', message: sentence }),
      expect.objectContaining({ code: 'RETURNS_INVALID', message: sentence }),
      expect.objectContaining({ code: 'RETURNS_INVALID', message: sentence }),
    ]);
  });

  test.each(refused)('%s fails the row where it comes from one', async (pattern, why) => {
    await expect(evaluate('${row.a.matches(row.p)}', { row: { a: 'a', p: pattern } })).rejects.toMatchObject({
      code: 'EXPRESSION_FAILED',
      message: expect.stringContaining(`failed: the pattern cannot be used: ${why}`),
    });
  });
});

test('a large pattern is not looked for in a long text: even linear time would be long', async () => {
  const [pattern, text] = ['(?:.?){900}[bc]', 'a'.repeat(100_000)];
  const why = 'a pattern of 1803 steps cannot be looked for in a text of 100000 characters';
  const elapsed = cpuTimer();
  await expect(evaluate('${row.text.matches("(?:.?){900}[bc]")}', { row: { text } })).rejects.toMatchObject({
    message: expect.stringContaining(why),
  });
  expect(createAnswerValidator({ type: 'string', pattern })(text)).toEqual([`the answer cannot be checked: ${why}`]);
  expect(elapsed()).toBeLessThan(1500);
});

const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'];

describe('names that every object has by birth are only data', () => {
  test.each(odd)('%s as a column, a field, a key of a map', async (name) => {
    const row = JSON.parse(`{"${name}":"mine","map":{"${name}":{"${name}":1}}}`) as Record<string, unknown>;
    const quoted = JSON.stringify(name);
    const lines: readonly (readonly [string, unknown])[] = [
      [`row.${name}`, 'mine'],
      [`row[${quoted}]`, 'mine'],
      [`row.map.${name}.${name} + 1`, 2],
      [`has(row.${name}) && ${quoted} in row`, true],
      [`default(row.map.${name}.missing, "none")`, 'none'],
      [`{${quoted}: 5}[${quoted}]`, 5],
      [`{"a": {${quoted}: 5}}.a.${name}`, 5],
      [`[row].map(x, x.${name})`, ['mine']],
      [`row.map.map(key, key)`, [name]],
      [`size(row.map)`, 1],
    ];
    for (const [code, value] of lines) expect(await evaluate(`\${${code}}`, { row })).toEqual(value);
    expect(JSON.stringify(await evaluate('${row}', { row }))).toBe(JSON.stringify(row));
    expect(JSON.stringify(await evaluate(`\${{${quoted}: row}}`, { row }))).toBe(`{${quoted}:${JSON.stringify(row)}}`);
  });

  test.each(odd)('%s is no field where nobody gave it', async (name) => {
    const row = { map: {}, list: [1], text: 'a', number: 1 };
    for (const owner of ['row', 'row.map', 'row.list', 'row.text', 'row.number', '{"a": 1}']) {
      await expect(evaluate(`\${${owner}.${name}}`, { row })).rejects.toThrow();
      expect(await evaluate(`\${default(row.map.${name}, "none")}`, { row })).toBe('none');
    }
    expect(await evaluate(`\${"${name}" in row || "${name}" in row.map || has(row.map.${name})}`, { row })).toBe(false);
  });

  test.each(odd.filter((name) => name !== '__proto__'))('%s as a field of an answer', async (name) => {
    const steps = { first: JSON.parse(`{"${name}":2}`) as unknown };
    const returns = { first: { [name]: 'number' } };
    expect(await evaluate(`\${first.${name} * 2}`, { steps, returns })).toBe(4);
  });

  test('nothing is left behind on the objects of the process', async () => {
    const row = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as never;
    await evaluate('${[row, {"__proto__": {"polluted": true}}]}', { row });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
