import { describe, expect, test } from '@jest/globals';
import { builtInKinds } from '@millrace/runner';
import { composeSchema, type JsonSchema } from '@millrace/schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { fixtures } from './support/fixtures.ts';

const schema = composeSchema(builtInKinds);
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
const validate = ajv.compile(schema as object);

test('it is a valid schema of 2020-12, with standard keywords only', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(ajv.validateSchema(schema as object)).toBe(true);
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
});

describe('it takes every workflow that a check lets pass', () => {
  // YAML 1.2 has no way to say them in JSON, or the name of the step is a part of every object.
  const ok = fixtures('valid');
  test.each(ok.map((fixture) => [fixture.name, fixture] as const))('%s', (_, { bytes }) => {
    const text = new TextDecoder().decode(bytes).replace(/^%YAML.*\n---/, '');
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe('it refuses', () => {
  const step = { generate: 'hi' };
  test.each<[string, unknown]>([
    ['an unknown key at the top', { steps: { a: step }, extra: 1 }],
    ['an unknown key in each', { each: { from: 'a', extra: 1 }, steps: { a: step } }],
    ['an unknown key in an input', { inputs: { a: { type: 'string', extra: 1 } }, steps: { a: step } }],
    ['an unknown key in save', { save: { extra: 1 }, steps: { a: step } }],
    ['an unknown key in limits', { limits: { extra: 1 }, steps: { a: step } }],
    ['an unknown key in a step', { steps: { a: { ...step, extra: 1 } } }],
    ['an unknown key in a message', { steps: { a: { chat: [{ extra: 'hi' }] } } }],
    ['an unknown kind', { steps: { a: { translate: 'hi' } } }],
    ['two kinds', { steps: { a: { generate: 'hi', chat: [{ user: 'hi' }] } } }],
    ['no steps', { model: 'm' }],
    ['empty steps', { steps: {} }],
    ['a reserved name', { steps: { row: step } }],
    ['a malformed name', { steps: { 'My-Step': step } }],
    ['a condition without an expression', { steps: { a: { ...step, when: 'row.text' } } }],
    ['an option of another type', { steps: { a: { ...step, options: { temperature: 'hot' } } } }],
    ['an option out of range', { steps: { a: { ...step, options: { num_predict: 0 } } } }],
    ['an expression where none can stand', { limits: { parallel: '${inputs.n}' }, steps: { a: step } }],
  ])('%s', (_, value) => {
    expect(validate(value)).toBe(false);
  });
});

test('every property says what it is for', () => {
  const missing: string[] = [];
  const visit = (part: unknown, path: string): void => {
    if (typeof part !== 'object' || part === null) return;
    const { properties, description } = part as JsonSchema;
    if (/\.properties\.[^.]+$/.test(path) && (typeof description !== 'string' || description === ''))
      missing.push(path);
    if (properties !== undefined) expect(properties).toBeInstanceOf(Object);
    for (const [key, inner] of Object.entries(part)) visit(inner, `${path}.${key}`);
  };
  visit(schema, '');
  expect(missing).toEqual([]);
});

test('a kind of the user’s own has its place in it', () => {
  const kind = {
    kind: 'shout',
    schema: { type: 'object', properties: { loudness: { type: 'integer', description: 'How loud.' } } },
  };
  const own = new Ajv2020({ strict: false }).compile(composeSchema([...builtInKinds, kind]) as object);
  expect(own({ steps: { a: { shout: { loudness: 5 } } } })).toBe(true);
  expect(own({ steps: { a: { shout: { loudness: '${row.n}' } } } })).toBe(true);
  expect(own({ steps: { a: { shout: { loudness: 'very' } } } })).toBe(false);
});
