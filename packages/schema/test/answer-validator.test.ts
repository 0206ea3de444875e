import { describe, expect, test } from '@jest/globals';
import { createAnswerValidator } from '@millrace/schema';
import { cpuTimer } from './support/cpu-time.ts';

const schema = {
  type: 'object',
  properties: {
    mood: { enum: ['good', 'bad'] },
    score: { type: 'number' },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['mood', 'score'],
  additionalProperties: false,
};

describe('says what is wrong with an answer, in sentences that a model can read', () => {
  test.each<[unknown, readonly string[]]>([
    [{ mood: 'good', score: 1 }, []],
    [{ mood: 'gud', score: 1 }, ['mood must be equal to one of the allowed values: ["good","bad"]']],
    [{ mood: 'good' }, ["the answer must have required property 'score'"]],
    [
      { mood: 'good', score: '1', extra: 5 },
      ['the answer must NOT have additional properties: "extra"', 'score must be number'],
    ],
    [{ mood: 'good', score: 1, tags: ['a', 5] }, ['tags.1 must be string']],
    ['good', ['the answer must be object']],
    [null, ['the answer must be object']],
    [undefined, ['the answer must be object']],
  ])('%j', (answer, problems) => {
    expect(createAnswerValidator(schema)(answer)).toEqual(problems);
  });

  test('ten at most', () => {
    const validate = createAnswerValidator({ type: 'array', items: { type: 'string' } });
    expect(validate(Array.from({ length: 1000 }, () => 5))).toHaveLength(10);
  });
});

describe('a schema that is none is refused', () => {
  test.each([
    ['an unknown type', { type: 'strng' }],
    ['a type that is no text', { type: 5 }],
    ['properties that are none', { properties: 5 }],
    ['an empty choice', { enum: [] }],
    ['a broken pattern', { pattern: '(' }],
    ['a lookahead', { pattern: '(?=a)' }],
    ['a reference to nothing', { $ref: '#/nowhere' }],
    ['a reference elsewhere', { $ref: 'https://example.com/a' }],
    ['required that is no list', { type: 'object', required: 'a' }],
    ['items that are none', { type: 'array', items: 'string' }],
  ])('%s', (_, broken) => {
    expect(() => createAnswerValidator(broken)).toThrow(
      expect.objectContaining({
        code: 'WORKFLOW_INVALID',
        message: expect.stringMatching(/^Not a JSON Schema: /),
        cause: expect.anything(),
      }),
    );
  });
});

test('several patterns are each their own', () => {
  const validate = createAnswerValidator({
    properties: { a: { type: 'string', pattern: '^a' }, b: { type: 'string', pattern: '^b' } },
    patternProperties: { '^c': { pattern: '^c' } },
  });
  expect(validate({ a: 'a', b: 'b', c: 'c' })).toEqual([]);
  expect(validate({ a: 'b', b: 'a', c: 'a' })).toEqual([
    'a must match pattern "^a"',
    'b must match pattern "^b"',
    'c must match pattern "^c"',
  ]);
});

test('a pattern takes linear time', () => {
  const validate = createAnswerValidator({ type: 'string', pattern: '^(a+)+$' });
  const elapsed = cpuTimer();
  expect(validate(`${'a'.repeat(20_000)}b`)).toEqual(['the answer must match pattern "^(a+)+$"']);
  expect(validate('a'.repeat(20_000))).toEqual([]);
  expect(elapsed()).toBeLessThan(5000);
});

test('a schema that leads round in a circle for some answers only is told as a problem of them', () => {
  const validate = createAnswerValidator({ properties: { a: { not: { $ref: '#/properties/a' } } } });
  expect(validate({})).toEqual([]);
  expect(validate({ a: 1 })).toEqual(['the answer cannot be checked: its schema refers to itself without end']);
});

test('numbers that JSON does not have are no numbers', () => {
  expect(createAnswerValidator({ type: 'number' })(Number.NaN)).toEqual(['the answer must be number']);
});
