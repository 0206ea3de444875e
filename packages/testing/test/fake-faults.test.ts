import { describe, expect, it } from '@jest/globals';
import { type FakeOllamaOptions, type Fault, nestedError, randomFaults } from '@millrace/testing';
import { ask, open, read, readBroken, readLines, send, textOf } from './client.ts';
import { rawExchange } from './raw-exchange.ts';
import { useFakes } from './use-fake.ts';

const startFake = useFakes();
const body = { model: 'm', prompt: 'x' };
const once_ = { ...body, stream: false };
const whole = 'one two three four five six';

const start = (faults: FakeOllamaOptions['faults'], more: FakeOllamaOptions = {}) =>
  startFake({ models: ['m'], answer: () => whole, ...more, ...(faults === undefined ? {} : { faults }) });
const one = (fault: Fault, more?: FakeOllamaOptions) => start([fault], more);

describe('a status', () => {
  it.each<[string, Extract<Fault, { kind: 'status' }>, string, string | undefined]>([
    [
      '503 with the words of a full queue',
      { kind: 'status', status: 503 },
      '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
      'application/json; charset=utf-8',
    ],
    [
      'JSON',
      { kind: 'status', status: 500, body: { error: 'boom' } },
      '{"error":"boom"}',
      'application/json; charset=utf-8',
    ],
    [
      'nested JSON',
      { kind: 'status', status: 400, body: nestedError(400, 'no', { type: 't' }) },
      '{"error":"{\\"error\\":{\\"code\\":400,\\"message\\":\\"no\\",\\"type\\":\\"t\\"}}"}',
      'application/json; charset=utf-8',
    ],
    ['plain text', { kind: 'status', status: 502, body: 'bad gateway' }, 'bad gateway', 'text/plain'],
    [
      'HTML',
      { kind: 'status', status: 504, body: '<html></html>', contentType: 'text/html' },
      '<html></html>',
      'text/html',
    ],
    ['an empty body', { kind: 'status', status: 403, body: '' }, '', undefined],
  ])('of %s', async (_name, fault, text, type) => {
    const { url } = await one(fault);
    const answer = await ask(url, '/api/generate', body);
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([fault.status, text, type]);
  });

  it('may carry headers', async () => {
    const { url } = await one({ kind: 'status', status: 429, body: {}, headers: { 'retry-after': '1' } });
    expect((await ask(url, '/api/generate', body)).headers['retry-after']).toBe('1');
  });
});

describe('a reset', () => {
  it('before the headers leaves nothing', async () => {
    const fake = await one({ kind: 'reset' });
    await expect(ask(fake.url, '/api/generate', body)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(fake.requests[0]?.status).toBeUndefined();
    expect(fake.inFlight).toBe(0);
  });

  it('after k tokens leaves just those, and frees the slot', async () => {
    const fake = await one({ kind: 'reset', afterTokens: 2 });
    const { incoming } = await open(fake.url, '/api/generate', body);
    const { bytes, error } = await readBroken(incoming);
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(bytes.toString().split('\n').filter(Boolean)).toHaveLength(2);
    expect([fake.running, fake.aborted]).toEqual([0, 0]);
  });

  it('comes at any byte, also within a character', async () => {
    const answer = () => ({ tokens: ['Grüße 👋'] });
    const well = await start(undefined, { answer });
    const line = Buffer.from((await ask(well.url, '/api/generate', body)).text.split('\n')[0] ?? '');
    for (const afterBytes of [1, line.indexOf('ü') + 1, line.indexOf('👋') + 2, line.length]) {
      const { url } = await one({ kind: 'reset', afterBytes }, { answer });
      const { incoming } = await open(url, '/api/generate', body);
      const { bytes, error } = await readBroken(incoming);
      expect(error).toBeDefined();
      expect(bytes).toHaveLength(afterBytes);
    }
  });

  it('of an answer that does not stream comes before the headers', async () => {
    const { url } = await one({ kind: 'reset', afterTokens: 2 });
    await expect(ask(url, '/api/generate', once_)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

it('a cut closes in good order in the middle of a stream, which its framing tells', async () => {
  const { url } = await one({ kind: 'cut', afterTokens: 3 });
  const { incoming } = await open(url, '/api/generate', body);
  const { bytes, error } = await readBroken(incoming);
  expect(error?.message).toBe('aborted');
  expect(bytes.toString().split('\n').filter(Boolean)).toHaveLength(3);
});

describe('an error line', () => {
  it.each([0, 1, 6, 99])('comes after %d tokens, with status 200 and no final message', async (afterTokens) => {
    const { url } = await one({ kind: 'error-line', afterTokens });
    const answer = await ask(url, '/api/generate', body);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    expect(answer.json).toHaveLength(Math.min(afterTokens, 6) + 1);
    expect(answer.json.at(-1)).toEqual({ error: 'an error was encountered while running the model: unexpected EOF' });
  });

  it('is a 500 where the answer does not stream', async () => {
    const { url } = await one({ kind: 'error-line', afterTokens: 1, message: 'boom' });
    const answer = await ask(url, '/api/generate', once_);
    expect([answer.status, answer.json]).toEqual([500, [{ error: 'boom' }]]);
  });
});

describe('a stall', () => {
  it('before the headers lasts until the client goes, with the slot held', async () => {
    const fake = await one({ kind: 'stall' });
    const outgoing = send(fake.url, '/api/generate', body);
    await fake.waitFor(({ running }) => running === 1);
    const next = ask(fake.url, '/api/generate', body);
    await fake.waitFor(({ total }) => total === 2);
    expect(fake.running).toBe(1);
    outgoing.destroy();
    expect(textOf((await next).json)).toBe(whole);
    expect(fake.requests[0]?.events.map((event) => event.type)).toEqual(['started', 'aborted']);
  });

  it('in the middle of a stream shows what came before', async () => {
    const fake = await one({ kind: 'stall', afterTokens: 2 });
    const { outgoing, incoming } = await open(fake.url, '/api/generate', body);
    expect((await readLines(incoming, 2)).split('\n')).toHaveLength(3);
    outgoing.destroy();
    await fake.waitFor(({ running }) => running === 0);
  });

  it.each([{ kind: 'stall', ms: 60 } as const, { kind: 'stall', ms: 60, afterTokens: 3 } as const])(
    'goes on after its time: %j',
    async (fault) => {
      const { url } = await one(fault);
      const startedAt = performance.now();
      expect(textOf((await ask(url, '/api/generate', body)).json)).toBe(whole);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    },
  );

  it('can hold up an embedding', async () => {
    const fake = await one({ kind: 'stall' }, { models: [{ name: 'm', capabilities: ['embedding'] }] });
    const outgoing = send(fake.url, '/api/embed', { model: 'm', input: 'x' });
    await fake.waitFor(({ running }) => running === 1);
    outgoing.destroy();
    await fake.waitFor(({ running }) => running === 0);
  });
});

describe('an early end', () => {
  it('leaves out the final message', async () => {
    const { url } = await one({ kind: 'end-early', afterTokens: 4 });
    const answer = await ask(url, '/api/generate', body);
    expect([answer.json.length, answer.json.some((row) => row.done)]).toEqual([4, false]);
  });

  it('says done: false where the answer does not stream', async () => {
    const { url } = await one({ kind: 'end-early', afterTokens: 2 });
    const [row] = (
      await ask(url, '/api/chat', { model: 'm', messages: [{ role: 'user', content: 'x' }], stream: false })
    ).json;
    expect(row).toEqual({
      model: 'm',
      created_at: expect.any(String),
      message: { role: 'assistant', content: 'one two' },
      done: false,
    });
  });
});

describe('garbage', () => {
  it('is one line among good ones', async () => {
    const { url } = await one({ kind: 'garbage', afterTokens: 1, line: 'proxy says hello' });
    const lines = (await ask(url, '/api/generate', body)).text.trimEnd().split('\n');
    expect(lines[1]).toBe('proxy says hello');
    lines.splice(1, 1);
    expect(textOf(lines.map((line) => JSON.parse(line)))).toBe(whole);
  });

  it('is the whole body where the answer does not stream', async () => {
    const { url } = await one({ kind: 'garbage', afterTokens: 1 });
    const answer = await ask(url, '/api/generate', once_);
    expect(() => answer.json).toThrow(SyntaxError);
  });
});

describe('chunks', () => {
  it.each([1, 2, 3, 5, 64, 100_000])('of %d bytes carry the same answer', async (bytes) => {
    const { url } = await one({ kind: 'chunks', bytes }, { answer: () => 'Grüße, 世界 👋!' });
    const request = { method: 'POST', path: '/api/generate', body: JSON.stringify(body) };
    const answer = await rawExchange(url, request);
    const rows = answer.body.toString().trimEnd().split('\n');
    expect(textOf(rows.map((row) => JSON.parse(row)))).toBe('Grüße, 世界 👋!');
    expect(answer.chunkSizes.every((size) => size <= bytes)).toBe(true);
    expect(answer.terminated).toBe(true);
  });

  it('apply to an answer that does not stream, and to errors', async () => {
    const { url } = await start([
      { kind: 'chunks', bytes: 1 },
      [
        { kind: 'chunks', bytes: 1 },
        { kind: 'status', status: 500 },
      ],
    ]);
    expect((await ask(url, '/api/generate', once_)).json[0]?.response).toBe(whole);
    expect((await ask(url, '/api/generate', once_)).json[0]?.error).toBe('fault 500');
  });

  it('come as packets of their own where time lies between, and stop when the client goes', async () => {
    const fake = await one({ kind: 'chunks', bytes: 20, ms: 5 });
    const { outgoing, incoming } = await open(fake.url, '/api/generate', body);
    incoming.once('readable', () => outgoing.destroy());
    const { bytes, error } = await readBroken(incoming);
    expect(error?.message).toBe('aborted');
    expect(bytes.length).toBeLessThanOrEqual(40);
    await fake.close();
  });
});

it('slow headers come in their time, the answer after them', async () => {
  const { url } = await one({ kind: 'slow-headers', ms: 80 });
  const startedAt = performance.now();
  const { incoming } = await open(url, '/api/generate', body);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60);
  expect(textOf((await read(incoming)).json)).toBe(whole);
});

it('a wrong content type changes nothing else', async () => {
  const { url } = await one({ kind: 'content-type', value: 'text/html' });
  const answer = await ask(url, '/api/generate', body);
  expect([answer.headers['content-type'], textOf(answer.json)]).toEqual(['text/html', whole]);
});

it('a duplicated final message is the same twice', async () => {
  const { url } = await one({ kind: 'duplicate-final' });
  const rows = (await ask(url, '/api/generate', body)).json;
  expect(rows.filter((row) => row.done)).toHaveLength(2);
  expect(rows.at(-1)).toEqual(rows.at(-2));
});

it('an empty answer has a token and no text', async () => {
  const { url } = await one({ kind: 'empty' });
  const rows = (await ask(url, '/api/generate', body)).json;
  expect(rows).toEqual([expect.objectContaining({ response: '', done: true, done_reason: 'stop', eval_count: 1 })]);
});

it('a length fault cuts the answer where it is told to, by default in the middle', async () => {
  const { url } = await start([{ kind: 'length' }, { kind: 'length', afterTokens: 5 }]);
  const rows = [(await ask(url, '/api/generate', body)).json, (await ask(url, '/api/generate', body)).json];
  expect(rows.map(textOf)).toEqual(['one two three', 'one two three four five']);
  expect(rows.map((some) => some.at(-1)?.done_reason)).toEqual(['length', 'length']);
});

describe('a choice of faults', () => {
  it('as a list counts only requests that work, and is well after its end', async () => {
    const { url } = await start([undefined, { kind: 'status', status: 500 }]);
    const statuses: number[] = [];
    for (const path of ['/api/tags', '/api/generate', '/api/version', '/api/generate', '/api/generate']) {
      statuses.push((await ask(url, path, path === '/api/generate' ? body : undefined)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 500, 200]);
  });

  it('as a function sees method, path, body and the count on that path', async () => {
    const seen: unknown[] = [];
    const { url } = await start(({ method, path, body: sent }, n) => {
      seen.push([method, path, (sent as { prompt?: string } | undefined)?.prompt, n]);
      return path === '/api/tags' ? { kind: 'status', status: 502, body: '' } : undefined;
    });
    await ask(url, '/api/generate', body);
    expect((await ask(url, '/api/tags')).status).toBe(502);
    await ask(url, '/api/generate', body);
    expect(seen).toEqual([
      ['POST', '/api/generate', 'x', 0],
      ['GET', '/api/tags', undefined, 0],
      ['POST', '/api/generate', 'x', 1],
    ]);
  });

  it('breaks a pull after so many rows', async () => {
    const { url } = await start(
      [
        { kind: 'error-line', afterTokens: 2, message: 'no space left on device' },
        { kind: 'end-early', afterTokens: 2 },
        { kind: 'reset', afterTokens: 2 },
      ],
      { pullable: ['p'] },
    );
    expect((await ask(url, '/api/pull', { model: 'p' })).json.at(-1)).toEqual({ error: 'no space left on device' });
    expect((await ask(url, '/api/pull', { model: 'p' })).json).toHaveLength(2);
    const { incoming } = await open(url, '/api/pull', { model: 'p' });
    expect((await readBroken(incoming)).error).toMatchObject({ code: 'ECONNRESET' });
    expect((await ask(url, '/api/show', { model: 'p' })).status).toBe(404);
  });
});

describe('random faults', () => {
  const requests = Array.from({ length: 4000 }, (_nothing, n) => ({
    method: 'POST',
    path: '/api/generate',
    body: { prompt: `row ${n}` },
  }));
  const kinds = (choose: ReturnType<typeof randomFaults>, order = requests) =>
    order.map((request) =>
      [choose(request)]
        .flat()
        .map((fault) => fault?.kind ?? 'well')
        .join(),
    );

  it('come at their rates', () => {
    const drawn = kinds(randomFaults({ seed: 1, rate503: 0.02, rateMidstream: 0.01 }));
    const share = (...some: string[]) => drawn.filter((kind) => some.includes(kind)).length / drawn.length;
    expect(share('status')).toBeGreaterThan(0.012);
    expect(share('status')).toBeLessThan(0.03);
    expect(share('error-line', 'reset', 'cut')).toBeGreaterThan(0.005);
    expect(share('error-line', 'reset', 'cut')).toBeLessThan(0.017);
  });

  it('are the same for the same seed in any order, others for another', () => {
    const rates = { rate503: 0.1, rateStall: 0.1, rateEndEarly: 0.1, rateGarbage: 0.1, rateEmpty: 0.1, rateReset: 0.1 };
    const forward = kinds(randomFaults({ seed: 7, ...rates }));
    const backward = kinds(randomFaults({ seed: 7, ...rates }), [...requests].reverse()).reverse();
    expect(backward).toEqual(forward);
    expect(kinds(randomFaults({ seed: 8, ...rates }))).not.toEqual(forward);
    expect(new Set(forward).size).toBe(7);
  });

  it('spare the first retry, or as many as told', () => {
    const always = randomFaults({ seed: 1, rate503: 1 });
    const request = requests[0] ?? { method: '', path: '', body: undefined };
    expect([always(request), always(request)]).toEqual([{ kind: 'status', status: 503 }, undefined]);
    const twice = randomFaults({ seed: 1, rate503: 1, perRequest: 2 });
    expect([twice(request), twice(request), twice(request)].map((fault) => fault === undefined)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('never touch what does not work on a prompt', () => {
    expect(
      randomFaults({ seed: 1, rate503: 1 })({ method: 'GET', path: '/api/tags', body: undefined }),
    ).toBeUndefined();
  });
});
