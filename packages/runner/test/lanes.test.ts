import { expect, test } from '@jest/globals';
import type { Usage } from '@millrace/core';
import {
  concatMap,
  from,
  lastValueFrom,
  map,
  mergeMap,
  NEVER,
  type Observable,
  of,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import type { Ask } from '../src/lanes/ask.ts';
import { loadOf } from '../src/lanes/ask.ts';
import { createCacheGauge } from '../src/lanes/cache-gauge.ts';
import { createParallelFinder } from '../src/lanes/find-parallel.ts';
import { createLanes, type Lanes } from '../src/lanes/lanes.ts';
import { residentsOf } from '../src/lanes/residents.ts';
import { fakeHost } from './scene.ts';

const askFor = (model: string, order = 0): Ask => ({
  model,
  options: undefined,
  embeds: false,
  keepAlive: undefined,
  order,
});

async function open(
  hosts: readonly Parameters<typeof residentsOf>[0][],
  parallel: number | 'auto' = 1,
): Promise<Lanes> {
  return createLanes({
    hosts,
    parallel,
    residents: await Promise.all(hosts.map(residentsOf)),
    isUrgent: false,
    onLoad: () => {},
  });
}

const call = (lanes: Lanes, ask: Ask, work: Observable<unknown>): Observable<unknown> =>
  lanes.run<unknown>(
    ask,
    () => undefined,
    () => work,
  );

test('unsubscribing a waiting call takes it out, a running one gives its slot back, a failed one too', async () => {
  const { ollama } = await fakeHost();
  const lanes = await open([ollama]);
  const running = call(lanes, askFor('m'), NEVER).subscribe();
  const waiting = call(lanes, askFor('m'), of('b')).subscribe(() => {
    throw new Error('nobody waits for it');
  });
  const last = lastValueFrom(call(lanes, askFor('m'), of('c')));
  waiting.unsubscribe();
  running.unsubscribe();
  expect(await last).toBe('c');
  await expect(
    lastValueFrom(
      call(
        lanes,
        askFor('m'),
        throwError(() => new Error('broken')),
      ),
    ),
  ).rejects.toThrow('broken');
  expect(await lastValueFrom(call(lanes, askFor('m'), of('d')))).toBe('d');
  lanes.close();
});

test('calls of earlier rows go first, and all of a model before those of the next', async () => {
  const { ollama, fake } = await fakeHost({ models: ['a', 'b'], maxLoadedModels: 1 });
  const lanes = await open([ollama]);
  const asked = [
    ['a', 5],
    ['b', 1],
    ['a', 2],
    ['b', 0],
    ['a', 3],
  ] as const;
  const order: string[] = [];
  const all = from(asked).pipe(
    mergeMap(([model, row]) => call(lanes, askFor(model, row), timer(1)).pipe(map(() => order.push(`${model}${row}`)))),
    toArray(),
  );
  await lastValueFrom(all);
  expect(order.join(' ')).toMatch(/^(a\d ?){3}(b\d ?){2}$|^(a5 )?(b0 b1 )(a2 a3)( a5)?$/);
  expect(fake.loads.length).toBeLessThanOrEqual(3);
  lanes.close();
});

test('a load is made by one request of its own, and the model goes as others do when the lanes let go of it', async () => {
  const { ollama, fake } = await fakeHost({ loadMs: 20 });
  const lanes = await open([ollama], 4);
  const calls = Array.from({ length: 8 }, () => call(lanes, askFor('m'), of(1)));
  await lastValueFrom(from(calls).pipe(mergeMap((one) => one)));
  const stay = async () => {
    const { models } = await lastValueFrom(ollama.ps());
    return Math.round((Date.parse(models[0]?.expires_at ?? '') - Date.now()) / 60_000);
  };
  await fake.waitFor(({ total }) => total === 3); // what is there, the load, what is there
  expect(await stay()).toBe(30);
  await lanes.release();
  expect(await stay()).toBe(5);
  lanes.close();
});

test('a load that fails is left to the calls, which say why', async () => {
  const { ollama } = await fakeHost();
  const lanes = await open([ollama]);
  const work = ollama.generate({ model: 'nobody', prompt: 'x' });
  await expect(lastValueFrom(call(lanes, askFor('nobody'), work))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  lanes.close();
});

test('what a load takes tells loads apart, and nothing else does', () => {
  expect(loadOf('m', { temperature: 0, seed: 1, num_predict: 5 })).toBe('m');
  expect(loadOf('m', { num_ctx: 4096, temperature: 1 })).toBe(loadOf('m', { temperature: 0, num_ctx: 4096 }));
  expect(loadOf('m', { num_ctx: 4096 })).not.toBe(loadOf('m', { num_ctx: 8192 }));
});

/** A host with so many slots: calls beyond them wait, each as long as the others are busy. */
function usageOn(slots: number, inFlight: number): Usage {
  const outputMs = 100;
  const waitMs = (Math.max(0, inFlight - slots) / slots) * outputMs;
  return { promptTokens: 5, outputTokens: 10, totalMs: outputMs + waitMs, loadMs: 0, promptMs: 0, outputMs };
}

test.each([1, 2, 4, 16, 40])('the %i slots of a host are found, and no more than two calls wait', (slots) => {
  const finder = createParallelFinder();
  let calls = 0;
  while (calls < 200) {
    const begun = Array.from({ length: finder.limit }, () => finder.begin());
    for (const one of begun) finder.note(one, usageOn(slots, begun.length), true);
    calls += begun.length;
  }
  for (let n = 0; n < 20; n++) {
    expect(finder.limit).toBeGreaterThanOrEqual(slots);
    expect(finder.limit).toBeLessThanOrEqual(slots + 2);
    const begun = Array.from({ length: finder.limit }, () => finder.begin());
    for (const one of begun) finder.note(one, usageOn(slots, begun.length), true);
  }
});

test('a refusal halves what may be in flight, and answers without figures change nothing', () => {
  const finder = createParallelFinder();
  const none: Usage = { promptTokens: 5, outputTokens: 0, totalMs: 50, loadMs: 0, promptMs: 0, outputMs: 0 };
  for (let n = 0; n < 50; n++) finder.note(finder.begin(), none, true);
  expect(finder.limit).toBe(4);
  finder.refuse();
  expect(finder.limit).toBe(2);
  for (let n = 0; n < 9; n++) finder.refuse();
  expect(finder.limit).toBe(1);
});

test('a prompt that is read for a fraction of the usual price was cached', () => {
  const gauge = createCacheGauge();
  const usage = (promptMs: number): Usage => ({
    promptTokens: 1000,
    outputTokens: 1,
    totalMs: 0,
    loadMs: 0,
    promptMs,
    outputMs: 0,
  });
  expect([100, 110, 90].map((ms) => gauge.cachedIn(usage(ms)))).toEqual([0, 0, 0]);
  expect(gauge.cachedIn(usage(10))).toBeGreaterThan(880);
  expect(gauge.cachedIn(usage(95))).toBe(0);
});

test('two hosts share what waits: the slower one gets less of it', async () => {
  const [one, other] = [await fakeHost(), await fakeHost()];
  const lanes = await open([one.ollama, other.ollama]);
  const counts = new Map<string, number>();
  await lastValueFrom(
    from(Array(40).keys()).pipe(
      mergeMap((row) =>
        lanes.run<unknown>(
          askFor('m', row),
          ({ ollama }) => void counts.set(ollama.baseUrl, (counts.get(ollama.baseUrl) ?? 0) + 1),
          ({ ollama }) => timer(ollama === one.ollama ? 1 : 30),
        ),
      ),
      concatMap((value) => of(value)),
    ),
  );
  const [fast = 0, slow = 0] = [one, other].map(({ ollama }) => counts.get(ollama.baseUrl));
  expect(fast + slow).toBe(40);
  expect(slow).toBeGreaterThan(0);
  expect(fast).toBeGreaterThan(slow * 3);
  lanes.close();
});
