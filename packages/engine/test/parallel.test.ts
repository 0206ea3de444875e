import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Engine, startEngine } from '@millrace/engine';
import { askJson, type Json } from './ask.ts';
import { build } from './built.ts';
import { asJson, classify, reply, reviews } from './reviews.ts';

jest.setTimeout(60_000); // starting an engine takes seconds on a busy machine

let one: Engine;
let three: Engine;
beforeAll(async () => {
  await build();
  [one, three] = await Promise.all([startEngine({ parallel: 1 }), startEngine({ parallel: 3 })]);
});
afterAll(() => Promise.all([one?.close(), three?.close()]));

const model = 'millrace-micro';

const endlessFormat = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 9 }, minItems: 1000 };

/** Runs until its window is full: some 500 tokens. */
const endless = {
  model,
  prompt: 'hi',
  raw: true,
  format: endlessFormat,
  options: { temperature: 0 },
};
const short = { model, prompt: classify(reviews[0] ?? ''), stream: false, options: { temperature: 0 } };

const withoutTimes = ({ created_at: _at, ...answer }: Json) =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => !key.endsWith('_duration')));

test('the same request gives the same bytes, alone, in a crowd, and on another engine', async () => {
  const bodies = [classify, reply, asJson].flatMap((prompt, kind) =>
    reviews.map((review, row) => ({
      model,
      prompt: prompt(review),
      stream: false,
      options: kind === 1 ? { temperature: 1, seed: row } : { temperature: 0 },
      ...(kind === 2 ? { format: 'json' } : {}),
    })),
  );
  const serial: Json[] = [];
  for (const body of bodies) serial.push(withoutTimes(await askJson(`${one.baseUrl}/api/generate`, body)));
  const shuffled = bodies.map((_, at) => (at * 29) % bodies.length);
  const crowd = await Promise.all(
    shuffled.map(async (at) => [at, withoutTimes(await askJson(`${three.baseUrl}/api/generate`, bodies[at]))] as const),
  );
  for (const [at, answer] of crowd) expect(answer).toEqual(serial[at]);
});

function open(engine: Engine, body: object): ClientRequest {
  const outgoing = request(`${engine.baseUrl}/api/generate`, { method: 'POST', agent: false });
  outgoing.on('error', () => {}); // the tests below hang up
  outgoing.end(JSON.stringify(body));
  return outgoing;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

describe('a client that hangs up frees its slot at once', () => {
  let full: number;
  beforeAll(async () => {
    await askJson(`${one.baseUrl}/api/generate`, short);
    full = await timed(() => askJson(`${one.baseUrl}/api/generate`, { ...endless, stream: false }));
  });

  async function hangUp(body: object, began: (client: ClientRequest) => Promise<unknown>): Promise<void> {
    const client = open(one, body);
    await began(client);
    const next = askJson(`${one.baseUrl}/api/generate`, short);
    client.destroy();
    expect((await next).response).toMatch(/^(positive|negative|neutral)$/);
  }

  test.each([
    ['while it streams', endless, (client: ClientRequest) => once(client, 'response')],
    // There is nothing to wait for in an answer that comes whole: a tenth of its time is enough to have it begun.
    ['while it waits for the whole answer', { ...endless, stream: false }, () => delay(full / 10)],
  ])('%s', async (_when, body, began) => {
    const took = await timed(async () => {
      for (let round = 0; round < 5; round += 1) await hangUp(body, began);
    });
    expect(took).toBeLessThan(3 * full); // run to their ends, the five would take more than five times as long
  });

  test('while it queues', async () => {
    const first = open(one, endless);
    await once(first, 'response');
    const queued = Array.from({ length: 5 }, () => open(one, endless));
    await Promise.all(queued.map((client) => once(client, 'finish')));
    const last = askJson(`${one.baseUrl}/api/generate`, short);
    for (const client of queued) client.destroy();
    first.destroy();
    expect(await timed(() => last)).toBeLessThan(3 * full);
  });
});

test('who comes first is served first', async () => {
  const order: number[] = [];
  const first = open(one, endless);
  await once(first, 'response');
  const waiting = [];
  for (let at = 0; at < 5; at += 1) {
    const outgoing = open(one, short);
    await once(outgoing, 'finish');
    waiting.push(
      once(outgoing, 'response').then(([response]) => {
        order.push(at);
        response.resume();
      }),
    );
  }
  first.destroy();
  await Promise.all(waiting);
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

test('a slow reader of a stream gets all of it, and does not hold up the others', async () => {
  const slow = open(three, endless);
  const [response] = await once(slow, 'response');
  response.pause();
  expect((await askJson(`${three.baseUrl}/api/generate`, short)).done).toBe(true);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/"done":true,"done_reason":"length".*\n$/);
});
