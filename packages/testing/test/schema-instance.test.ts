import { describe, expect, it } from '@jest/globals';
import { instanceOf } from '@millrace/testing';

type Shape = Record<string, unknown>;

const isObject = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isBetween = (from: number, to: number) => (value: unknown) =>
  typeof value === 'number' && value >= from && value <= to;
const isTree = (value: unknown): boolean =>
  isObject(value) && 'next' in value && (value.next === null || isTree(value.next));

const node = {
  type: 'object',
  properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
  required: ['next'],
};
const ownText = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } }, required: ['a'] };

const cases: [string, unknown, (value: unknown) => boolean][] = [
  ['an enum', { enum: ['a', 1, null] }, (value) => ['a', 1, null].includes(value as null)],
  ['a const', { const: null }, (value) => value === null],
  [
    'an object, all its properties',
    ownText,
    (value) => isObject(value) && typeof value.a === 'string' && Number.isInteger(value.b),
  ],
  [
    'an object without type',
    { properties: { a: { type: 'null' } }, required: ['b'] },
    (value) => isObject(value) && value.a === null && 'b' in value,
  ],
  [
    'an array with bounds',
    { type: 'array', items: { type: 'boolean' }, minItems: 3 },
    (value) => Array.isArray(value) && value.length >= 3 && value.every((one) => typeof one === 'boolean'),
  ],
  [
    'an array of nothing',
    { type: 'array', items: {}, maxItems: 0 },
    (value) => Array.isArray(value) && value.length === 0,
  ],
  ['several types', { type: ['number', 'null'] }, (value) => value === null || typeof value === 'number'],
  [
    'a string with bounds',
    { type: 'string', minLength: 20, maxLength: 21 },
    (value) => typeof value === 'string' && value.length >= 20 && value.length <= 21,
  ],
  ['a short string', { type: 'string', maxLength: 2 }, (value) => typeof value === 'string' && value.length <= 2],
  ['a number between', { type: 'number', minimum: -3, exclusiveMaximum: -2.5 }, isBetween(-3, -2.5001)],
  ['a number above', { type: 'number', exclusiveMinimum: 10 }, isBetween(10.0001, 1e9)],
  ['a number below', { type: 'number', maximum: -10 }, isBetween(-1e9, -10)],
  ['an integer between', { type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 5 }, (value) => value === 4],
  [
    'an integer below',
    { type: 'integer', maximum: -3 },
    (value) => Number.isInteger(value) && isBetween(-1e9, -3)(value),
  ],
  [
    'a choice',
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
    (value) => value === null || typeof value === 'string',
  ],
  [
    'a whole',
    { allOf: [{ required: ['a'] }, { properties: { a: { type: 'integer' } } }] },
    (value) => isObject(value) && Number.isInteger(value.a),
  ],
  ['a reference', { $defs: { 'a/b': { enum: [4] } }, $ref: '#/$defs/a~1b' }, (value) => value === 4],
  ['a tree', { $defs: { node }, $ref: '#/$defs/node' }, isTree],
];

describe('instanceOf', () => {
  it.each(cases)('gives valid values for %s, whatever the seed', (_name, schema, isValid) => {
    for (let seed = 0; seed < 50; seed += 1) {
      const value = instanceOf(schema, seed);
      expect([isValid(value), value]).toEqual([true, value]);
    }
  });

  it('chooses by the seed, repeatably', () => {
    const schema = { enum: Array.from({ length: 100 }, (_nothing, index) => index) };
    expect(instanceOf(schema, 5)).toBe(instanceOf(schema, 5));
    expect(new Set(Array.from({ length: 20 }, (_nothing, seed) => instanceOf(schema, seed))).size).toBeGreaterThan(10);
  });
});
