import { describe, expect, test } from '@jest/globals';
import { createAnswerValidator, type JsonSchema } from '@millrace/schema';
import { workflowOf } from './support/check.ts';

const schemaOf = async (returns: unknown): Promise<JsonSchema | undefined> =>
  (await workflowOf(JSON.stringify({ model: 'm', steps: { first: { generate: 'hi', returns } } }))).steps[0]?.returns;

describe('the shorthand expands to a JSON Schema', () => {
  test.each<[unknown, JsonSchema]>([
    ['string', { type: 'string' }],
    ['number', { type: 'number' }],
    ['integer', { type: 'integer' }],
    ['boolean', { type: 'boolean' }],
    [' string ', { type: 'string' }],
    ['string?', { type: ['string', 'null'] }],
    ['string ?', { type: ['string', 'null'] }],
    ['string??', { type: ['string', 'null'] }],
    ['number[]', { type: 'array', items: { type: 'number' } }],
    ['number[][]', { type: 'array', items: { type: 'array', items: { type: 'number' } } }],
    ['number[]?', { type: ['array', 'null'], items: { type: 'number' } }],
    ['number?[]', { type: 'array', items: { type: ['number', 'null'] } }],
    ['(number?)[]', { type: 'array', items: { type: ['number', 'null'] } }],
    ['bug | billing', { enum: ['bug', 'billing'] }],
    ['bug|billing', { enum: ['bug', 'billing'] }],
    ['not at all | it depends', { enum: ['not at all', 'it depends'] }],
    ['yes (sure) | no', { enum: ['yes (sure)', 'no'] }],
    ['a | b?', { enum: ['a', 'b', null] }],
    ['(a | b)?', { enum: ['a', 'b', null] }],
    ['a | b | null', { enum: ['a', 'b', null] }],
    ['(a | null)?', { enum: ['a', null] }],
    ['((a | b))', { enum: ['a', 'b'] }],
    ['(a | b)[]', { type: 'array', items: { enum: ['a', 'b'] } }],
    ['(a | b)[]?', { type: ['array', 'null'], items: { enum: ['a', 'b'] } }],
    ['1 | 2 | 3', { enum: [1, 2, 3] }],
    ['0.5 | -1', { enum: [0.5, -1] }],
    ['007 | 008', { enum: ['007', '008'] }],
    ['1 | two', { enum: ['1', 'two'] }],
    [
      { a: 'string', b: { c: 'number?' } },
      {
        type: 'object',
        properties: {
          a: { type: 'string' },
          b: {
            type: 'object',
            properties: { c: { type: ['number', 'null'] } },
            required: ['c'],
            additionalProperties: false,
          },
        },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    ],
  ])('%j', async (shorthand, schema) => {
    expect(await schemaOf(shorthand)).toEqual(schema);
  });
});

test.each<JsonSchema>([
  { properties: { a: { type: 'string' } } },
  { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } },
  { anyOf: [{ type: 'string' }, { type: 'null' }] },
  { enum: ['a', 5, null, true, { b: 1 }] },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { a: { type: 'string', format: 'email' } },
  },
])('a full JSON Schema comes back as it is: %j', async (schema) => {
  expect(await schemaOf(schema)).toEqual(schema);
});

test('a part of the shorthand may be a full JSON Schema', async () => {
  expect((await schemaOf({ a: { enum: [1, 'x'] }, b: 'string' }))?.properties).toEqual({
    a: { enum: [1, 'x'] },
    b: { type: 'string' },
  });
});

test('fields called like parts of every object are fields', async () => {
  const schema = await schemaOf({ constructor: 'number', toString: 'string' });
  expect(Object.keys(schema?.properties as object)).toEqual(['constructor', 'toString']);
  const validate = createAnswerValidator(schema as JsonSchema);
  expect(validate({ constructor: 1, toString: 'a' })).toEqual([]);
  expect(validate({ constructor: 1 })).toEqual(["the answer must have required property 'toString'"]);
});
