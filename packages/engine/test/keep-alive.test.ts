import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ask, askJson, type Json } from './ask.ts';
import { useEngine } from './use-engine.ts';

const engine = useEngine();

const model = 'millrace-micro';
const generate = (fields: object): Promise<Json> =>
  askJson(`${engine.baseUrl}/api/generate`, { model, stream: false, options: { num_predict: 1 }, ...fields });
const loaded = async (): Promise<Json[]> =>
  JSON.parse((await ask(`${engine.baseUrl}/api/ps`, { method: 'GET' })).text).models;
const expiresInMs = async () => Date.parse((await loaded())[0]?.expires_at) - Date.now();
const empty = async () => {
  while ((await loaded()).length > 0) await delay(10);
};

test('the first model is loaded from the start, and stays for five minutes', async () => {
  expect(await loaded()).toHaveLength(1);
  await generate({ prompt: 'hi' });
  expect(await expiresInMs()).toBeGreaterThan(290_000);
});

test('keep_alive 0 unloads, by itself or behind an answer, and the next request loads again', async () => {
  expect(await generate({ keep_alive: 0 })).toMatchObject({ done_reason: 'unload', response: '' });
  expect(await loaded()).toEqual([]);
  const again = await generate({ prompt: 'hi', keep_alive: '0' });
  expect(again.load_duration).toBeGreaterThan(1_000_000);
  await empty();
  expect((await generate({ prompt: 'hi' })).load_duration).toBeGreaterThan(1_000_000);
  expect(await generate({ keep_alive: 0 })).toMatchObject({ done_reason: 'unload' });
  expect(await generate({ keep_alive: 0 })).toMatchObject({ done_reason: 'unload' });
});

test('an idle model leaves after its keep_alive, counted from its last answer', async () => {
  await generate({ keep_alive: 0.3 });
  for (let round = 0; round < 3; round += 1) {
    await delay(150);
    await generate({ prompt: 'hi' });
    expect(await loaded()).toHaveLength(1);
  }
  const started = performance.now();
  await empty();
  expect(performance.now() - started).toBeGreaterThan(100);
});

test('once unloaded, it comes back with the usual five minutes', async () => {
  await generate({ keep_alive: 0 });
  await generate({});
  expect(await expiresInMs()).toBeGreaterThan(290_000);
});

test.each([
  [-1, 1e12],
  ['-5m', 1e12],
  ['1.5h', 5_390_000],
  ['2h45m', 9_890_000],
  [90, 89_000],
  ['600h', 2_159_990_000],
])('keep_alive %p is understood', async (keep_alive, atLeast) => {
  await generate({ keep_alive });
  expect(await expiresInMs()).toBeGreaterThan(atLeast);
  await generate({ prompt: 'hi' });
  expect(await expiresInMs()).toBeGreaterThan(atLeast);
});

test('an unload waits for the answers that are under way', async () => {
  const body = {
    prompt: 'hi',
    format: { type: 'array', items: { const: 1 }, minItems: 1000 },
    options: { temperature: 0 },
  };
  const running = Promise.all([generate(body), generate(body), generate(body)]);
  await delay(100);
  await generate({ keep_alive: 0 });
  for (const answer of await running) expect(answer).toMatchObject({ done: true, done_reason: 'length' });
  await empty();
});
