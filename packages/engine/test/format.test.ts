import { describe, expect, test } from '@jest/globals';
import { ask, askJson, askLines, type Json } from './ask.ts';
import { asJson, reviews } from './reviews.ts';
import { useEngine } from './use-engine.ts';

const engine = useEngine();

const model = 'millrace-micro';
const sentiment = { enum: ['positive', 'negative', 'neutral'] };

/** Answers under a schema: greedy, and wild enough that only the grammar can hold them. Cut ones are left out. */
async function answers(format: Json, temperature = 3): Promise<Json[]> {
  const prompt = asJson(reviews[0] ?? '');
  const complete = async (options: object): Promise<Json[]> => {
    const body = { model, prompt, stream: false, format, options: { num_predict: 150, ...options } };
    const answer = await askJson(`${engine.baseUrl}/api/generate`, body);
    return answer.done_reason === 'stop' ? [JSON.parse(answer.response)] : [];
  };
  const wild = Array.from({ length: 6 }, (_, seed) => complete({ temperature, top_k: 0, top_p: 1, seed }));
  const values = (await Promise.all([complete({ temperature: 0 }), ...wild])).flat();
  expect(values.length).toBeGreaterThan(2);
  return values;
}

describe('a schema binds the answer', () => {
  test('of every review, with the labels and aspects the model was trained for', async () => {
    const format = {
      type: 'object',
      properties: { sentiment, aspect: { type: 'string', maxLength: 40 } },
      required: ['sentiment', 'aspect'],
    };
    const values = await Promise.all(
      reviews.map(async (text) => {
        const lines = await askLines(`${engine.baseUrl}/api/chat`, {
          model,
          messages: [{ role: 'user', content: asJson(text) }],
          format,
          options: { temperature: 0 },
        });
        return JSON.parse(lines.map((line) => line.message.content).join(''));
      }),
    );
    expect(values).toHaveLength(24);
    for (const value of values) {
      expect(Object.keys(value)).toEqual(['sentiment', 'aspect']);
      expect(sentiment.enum).toContain(value.sentiment);
      expect(typeof value.aspect).toBe('string');
    }
    expect(new Set(values.map((value) => value.sentiment)).size).toBeGreaterThan(1);
  });

  test('with nested objects, arrays, null and numbers', async () => {
    const format = {
      type: 'object',
      properties: {
        review: {
          type: 'object',
          properties: { sentiment, aspect: { anyOf: [{ type: 'string', maxLength: 5 }, { type: 'null' }] } },
          required: ['sentiment', 'aspect'],
        },
        tags: { type: 'array', items: { enum: ['a', 'b', 1, null, { deep: true }] }, minItems: 1, maxItems: 3 },
        score: { type: 'integer', minimum: -12, maximum: 105 },
        share: { type: 'number' },
        sure: { type: ['boolean', 'null'] },
        kind: { const: 'review' },
      },
      required: ['review', 'tags', 'score', 'share', 'sure', 'kind'],
    };
    for (const value of await answers(format)) {
      expect(sentiment.enum).toContain(value.review.sentiment);
      expect(value.review.aspect === null || value.review.aspect.length <= 5).toBe(true);
      expect(value.tags.length >= 1 && value.tags.length <= 3).toBe(true);
      for (const tag of value.tags) expect(['a', 'b', 1, null, { deep: true }]).toContainEqual(tag);
      expect(Number.isInteger(value.score) && value.score >= -12 && value.score <= 105).toBe(true);
      expect(Number.isFinite(value.share)).toBe(true);
      expect([true, false, null]).toContain(value.sure);
      expect(value.kind).toBe('review');
    }
  });

  test.each([
    [0, 1],
    [1, 5],
    [7, 7],
    [-3, 3],
    [-205, -98],
    [95, 1234],
    [1000, 1999],
    [-1, 0],
  ])('integers from %d to %d, both ends included', async (minimum, maximum) => {
    for (const value of await answers({ type: 'integer', minimum, maximum })) {
      expect(value).toBeGreaterThanOrEqual(minimum);
      expect(value).toBeLessThanOrEqual(maximum);
    }
  });

  test('members that need not be there come in order and at most once, others only where allowed', async () => {
    const properties = { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } };
    const closed = await answers({ type: 'object', properties, required: ['b'], additionalProperties: false });
    for (const value of closed)
      expect(['{"b":2}', '{"b":2,"a":1}', '{"b":2,"c":3}', '{"b":2,"a":1,"c":3}']).toContain(JSON.stringify(value));
    expect(new Set(closed.map((value) => JSON.stringify(value))).size).toBeGreaterThan(1);
    const open = await answers({ type: 'object', properties, additionalProperties: { type: 'boolean' } }, 1.5);
    for (const value of open) {
      for (const [key, inner] of Object.entries(value))
        expect(inner).toEqual(key in properties ? properties[key as 'a'].const : expect.any(Boolean));
    }
  });

  test('references, also to itself', async () => {
    const format = {
      $defs: {
        node: {
          type: 'object',
          properties: { name: { enum: ['x', 'y'] }, next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } },
          required: ['name', 'next'],
        },
      },
      $ref: '#/$defs/node',
    };
    const depth = (value: Json): number => (value === null ? 0 : 1 + depth(value.next));
    const depths = (await answers(format)).map(depth);
    expect(Math.min(...depths)).toBeGreaterThanOrEqual(1);
  });

  test('allOf, tuples, patterns, formats and lengths', async () => {
    const format = {
      allOf: [
        {
          type: 'object',
          properties: { code: { type: 'string', pattern: '^[A-C]{2}-\\d{1,4}(x|yz)?$' } },
          required: ['code'],
        },
        {
          properties: {
            day: { type: 'string', format: 'date' },
            pair: { type: 'array', prefixItems: [{ const: 1 }, { type: 'boolean' }] },
          },
          required: ['day', 'pair'],
        },
      ],
    };
    for (const value of await answers(format)) {
      expect(value.code).toMatch(/^[A-C]{2}-\d+(x|yz)?$/);
      expect(value.day).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(value.pair).toEqual([1, expect.any(Boolean)]);
    }
    for (const value of await answers({ type: 'string', minLength: 2, maxLength: 3 }))
      expect([2, 3]).toContain([...value].length);
  });

  test('quotes, backslashes and letters beyond ASCII in the words of an enum', async () => {
    const words = ['say "hi"', 'back\\slash', 'line\nend', 'schön', '日本'];
    for (const value of await answers({ enum: words })) expect(words).toContain(value);
  });
});

test('"json" and the empty schema bind to one JSON object', async () => {
  for (const format of ['json', {}]) {
    const body = { model, prompt: asJson(reviews[0] ?? ''), stream: false, format, options: { temperature: 0 } };
    const value = JSON.parse((await askJson(`${engine.baseUrl}/api/generate`, body)).response);
    expect(value).toEqual({ sentiment: expect.any(String), aspect: expect.any(String) });
  }
});

test('an answer under a schema is cut by num_predict like any other, and the next one begins afresh', async () => {
  const body = { model, prompt: asJson(reviews[0] ?? ''), stream: false, format: 'json' };
  const cut = await askJson(`${engine.baseUrl}/api/generate`, { ...body, options: { temperature: 0, num_predict: 4 } });
  expect(cut.done_reason).toBe('length');
  expect(cut.response).toMatch(/^\{"sentiment/);
  const whole = await askJson(`${engine.baseUrl}/api/generate`, { ...body, options: { temperature: 0 } });
  expect(whole.response.startsWith(cut.response)).toBe(true);
  expect(() => JSON.parse(whole.response)).not.toThrow();
});

test.each([
  ['an unknown type', { type: 'object', properties: { a: { type: 'date' } } }, 'Unrecognized schema: {"type":"date"}'],
  ['a reference to nowhere', { $ref: '#/$defs/x' }, 'Error resolving ref #/$defs/x: $defs not in {"$ref":"#/$defs/x"}'],
  ['a reference to elsewhere', { $ref: 'https://example.com/s.json' }, 'Unsupported ref: https://example.com/s.json'],
  ['an empty enum', { enum: [] }, 'Unrecognized schema: {"enum":[]}'],
  ['a pattern without ends', { type: 'string', pattern: 'a+' }, `Pattern must start with '^' and end with '$': "a+"`],
  [
    'a pattern with a look-ahead',
    { type: 'string', pattern: '^(?=a)b$' },
    'Unsupported pattern syntax at "?=a)b" in "(?=a)b"',
  ],
  [
    'bounds that leave no number',
    { type: 'integer', minimum: 2, maximum: 1 },
    'Unrecognized schema: {"type":"integer","minimum":2,"maximum":1}',
  ],
  [
    'lengths that leave no text',
    { type: 'string', minLength: 3, maxLength: 1 },
    'Unrecognized schema: {"type":"string","minLength":3,"maxLength":1}',
  ],
  ['allOf of itself', { allOf: [{ $ref: '#' }] }, 'allOf refers to itself.'],
])('%s is refused, saying what cannot be converted', async (_what, format, reason) => {
  const { status, text } = await ask(`${engine.baseUrl}/api/generate`, { body: { model, prompt: 'hi', format } });
  expect(status).toBe(400);
  const { error } = JSON.parse(JSON.parse(text).error);
  expect(error).toEqual({
    code: 400,
    type: 'invalid_request_error',
    message: `Field 'json_schema': "json_schema": JSON schema conversion failed:\n${reason}`,
  });
});

test('a schema that refers to itself and to nothing else is refused, and the engine goes on', async () => {
  const { status } = await ask(`${engine.baseUrl}/api/generate`, {
    body: { model, prompt: 'hi', format: { $ref: '#' } },
  });
  expect(status).toBe(400);
  expect((await ask(`${engine.baseUrl}/api/version`, { method: 'GET' })).status).toBe(200);
});
