import { describe, expect, it } from '@jest/globals';
import { instanceOf } from '@millrace/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schemas: [string, object | boolean][] = [
  ['an enum', { enum: ['a', 1, null] }],
  ['a const', { const: { a: [1] } }],
  [
    'an object with optional properties',
    {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'integer' } },
      required: ['a'],
      additionalProperties: false,
    },
  ],
  ['an object without type', { properties: { a: { type: 'null' } }, required: ['a', 'b'] }],
  ['an array with bounds', { type: 'array', items: { type: 'boolean' }, minItems: 3, maxItems: 5 }],
  ['an array of nothing', { type: 'array', items: { type: 'string' }, maxItems: 0 }],
  ['several types', { type: ['number', 'null'] }],
  ['a string with bounds', { type: 'string', minLength: 20, maxLength: 21 }],
  ['a number between', { type: 'number', minimum: -3, exclusiveMaximum: -2.5 }],
  ['a number above', { type: 'number', exclusiveMinimum: 10 }],
  ['a number below', { type: 'number', maximum: -10 }],
  ['an integer between', { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }],
  ['a choice', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
  ['a whole', { allOf: [{ type: 'object', required: ['a'] }, { properties: { a: { type: 'integer' } } }] }],
  [
    'a reference',
    { $defs: { 'a/b': { enum: [4] } }, type: 'object', properties: { x: { $ref: '#/$defs/a~1b' } }, required: ['x'] },
  ],
  [
    'a tree',
    {
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
      $ref: '#/$defs/node',
    },
  ],
  ['anything', {}],
  ['true', true],
];

describe('instanceOf', () => {
  it.each(schemas)('gives valid values for %s, whatever the seed', (_name, schema) => {
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (let seed = 0; seed < 50; seed += 1) {
      const value = instanceOf(schema, seed);
      expect([validate(value), value]).toEqual([true, value]);
    }
  });

  it('chooses by the seed, repeatably', () => {
    const schema = { enum: Array.from({ length: 100 }, (_nothing, index) => index) };
    expect(instanceOf(schema, 5)).toBe(instanceOf(schema, 5));
    expect(new Set(Array.from({ length: 20 }, (_nothing, seed) => instanceOf(schema, seed))).size).toBeGreaterThan(10);
  });
});
