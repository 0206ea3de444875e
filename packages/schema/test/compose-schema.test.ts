import { describe, expect, test } from '@jest/globals';
import { builtInKinds, retryLimits } from '@millrace/runner';
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
    ['a model where none is asked', { steps: { a: { set: 1, model: 'm' } } }],
    ['a talk in a kind without one', { steps: { a: { ...step, continue: 'b' } } }],
    ['a malformed time', { steps: { a: { ...step, idle: '2 minutes' } } }],
    ['an unknown cause of a retry', { steps: { a: { ...step, retry: { invald: 1 } } } }],
    ['an unknown word of on_error', { steps: { a: { ...step, on_error: 'skipp' } } }],
    ['a check without an expression', { steps: { a: { ...step, ensure: 'a > 1' } } }],
    ['a text as a list', { steps: { a: { ...step, for: 'row.tags' } } }],
    ['an unknown key in a schedule', { schedule: { corn: '@daily' }, steps: { a: step } }],
    ['an expression where none can stand', { limits: { parallel: '${inputs.n}' }, steps: { a: step } }],
  ])('%s', (_, value) => {
    expect(validate(value)).toBe(false);
  });
});

/** Every key of the schema with its path; those of examples are none. */
function* keysIn(part: unknown, path = ''): Generator<readonly [path: string, schema: JsonSchema]> {
  if (typeof part !== 'object' || part === null) return;
  for (const [keyword, inner] of Object.entries(part)) {
    if (keyword === 'examples' || keyword === 'default' || keyword === 'enum') continue;
    if (keyword === 'properties')
      for (const [key, own] of Object.entries(inner as object)) yield [`${path}.${key}`, own];
    yield* keysIn(inner, keyword === 'properties' ? path : `${path}.${keyword}`);
  }
}

const keys = [...keysIn(schema)];

test('every key says what it is for, and shows how it is written', () => {
  expect(keys.length).toBeGreaterThan(150);
  const isText = (value: unknown): boolean => typeof value === 'string' && /^\S.*[.…]$/s.test(value);
  expect(keys.flatMap(([path, { description }]) => (isText(description) ? [] : [path]))).toEqual([]);
  const isShown = ({ examples }: JsonSchema): boolean => Array.isArray(examples) && examples.length > 0;
  expect(keys.flatMap(([path, key]) => (isShown(key) ? [] : [path]))).toEqual([]);
});

test('every key that has a default says it', () => {
  const defaults = Object.fromEntries(
    keys.flatMap(([path, key]) => ('default' in key ? [[nameOf(path), key.default]] : [])),
  );
  expect(defaults).toMatchObject({
    on_error: 'fail',
    max: 10,
    context: 'auto',
    on_overflow: 'fail',
    keep_alive: '5m',
    cache: 'run',
    to: '-',
    order: 'input',
    parallel: 'auto',
    overlap: 'skip',
    run: 'none',
    busy: 20,
    unreachable: 5,
    crashed: 3,
    cut: 3,
    invalid: 2,
    length: 1,
    idle: 1,
    temperature: 0.8,
  });
  // A default that only the words know would be shown by no editor; what a default depends on is told in words.
  const inWords = keys.filter(([, key]) => /default: `/i.test(String(key.description)) && !('default' in key));
  expect(inWords.map(([path]) => path)).toEqual([]);
});

test('every example and default fits its key', () => {
  const wrong = keys.flatMap(([path, key]) => {
    const validateKey = new Ajv2020({ strict: false }).compile(key as object);
    const values = [...(key.examples as readonly unknown[]), ...('default' in key ? [key.default] : [])];
    return values.filter((value) => !validateKey(value)).map((value) => `${path}: ${JSON.stringify(value)}`);
  });
  expect(wrong).toEqual([]);
});

test('retries have the defaults of the runner', () => {
  const [, step] = keys.find(([path]) => path.endsWith('.retry')) ?? [];
  const [, causes] = (step?.anyOf ?? []) as readonly JsonSchema[];
  const byDefault = Object.entries(causes?.properties ?? {}).map(([cause, { default: times }]) => [cause, times]);
  expect(Object.fromEntries(byDefault)).toEqual(retryLimits);
});

const nameOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

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
