import { describe, expect, jest, test } from '@jest/globals';
import { createOllama, createPool, type Ollama } from '@millrace/core';
import type { FakeOllama, FakeOllamaOptions, Fault, Faults } from '@millrace/testing';
import { firstValueFrom, from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import { errorOf, valuesOf } from './support/outcome.ts';
import { jsonAnswer, onRequest } from './support/raw-server.ts';
import { useFakes } from './support/use-fakes.ts';
import { usePools } from './support/use-pools.ts';
import { useRawServer } from './support/use-raw-server.ts';

jest.setTimeout(20_000); // machines may be busy

const start = useFakes();
const poolOf = usePools();
const { start: startRaw } = useRawServer();

const model = 'gemma3:270m';
const ask = (prompt = 'Why?', of = model) => ({ model: of, prompt, options: { num_predict: 10 } });

const starting = (...options: readonly FakeOllamaOptions[]): Promise<FakeOllama[]> => Promise.all(options.map(start));
/** How many requests went to a route of each server. */
const counts = (fakes: readonly FakeOllama[], path = '/api/generate'): number[] =>
  fakes.map(({ requests }) => requests.filter((one) => one.path === path).length);
const load = (fake: FakeOllama | undefined, of = model): Promise<unknown> =>
  valuesOf(createOllama({ baseUrl: fake?.url }).generate({ model: of }));
/** A server that answers when it is told to. */
const held = (options: FakeOllamaOptions = {}) => {
  let release = (): void => {};
  const gate = new Promise<string>((resolve) => {
    release = () => resolve('Done.');
  });
  return { options: { slots: 8, answer: () => gate, ...options }, release };
};

describe('a call goes', () => {
  test('to the host that has the model in memory, whichever it is', async () => {
    const fakes = await starting({}, {}, {});
    await load(fakes[1]);
    const pool = poolOf(fakes);
    for (let n = 0; n < 5; n += 1) await valuesOf(pool.generate(ask()));
    expect(counts(fakes)).toEqual([0, 6, 0]);
  });

  test('else to a host that has it on its disk, and stays there', async () => {
    const fakes = await starting({ models: ['other'] }, {}, {});
    const pool = poolOf(fakes);
    for (let n = 0; n < 5; n += 1) await valuesOf(pool.generate(ask()));
    expect(counts(fakes)).toEqual([0, 5, 0]);
    expect(fakes.map(({ loads }) => loads.length)).toEqual([0, 1, 0]);
  });

  test('to the host with the fewest tokens in flight among those that have it in memory', async () => {
    const { options, release } = held();
    const fakes = await starting(options, options);
    await Promise.all(fakes.map((fake) => load(fake)));
    const pool = poolOf(fakes);
    const long = valuesOf(pool.generate(ask('x'.repeat(4000))));
    await fakes[0]?.waitFor(({ running }) => running === 1);
    expect(pool.hosts.map(({ inFlight }) => inFlight)).toEqual([1, 0]);
    expect(pool.hosts[0]?.tokensInFlight).toBe(1010);
    const short = Array.from({ length: 5 }, () => valuesOf(pool.chat({ ...ask(), messages: [] })));
    expect(pool.hosts.map(({ inFlight }) => inFlight)).toEqual([1, 5]);
    release();
    await Promise.all([long, ...short]);
    expect(pool.hosts.map(({ inFlight, tokensInFlight }) => [inFlight, tokensInFlight])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('to a host that has to load the model only when those that have it have a load more to do', async () => {
    const { options, release } = held();
    const fakes = await starting(options, options);
    const pool = poolOf(fakes, { loadTokens: 100, answerTokens: 20 });
    const calls = Array.from({ length: 10 }, () => valuesOf(pool.generate({ model, prompt: 'Why?' }))); // 21 tokens each
    await fakes[0]?.waitFor(({ running }) => running > 0);
    expect(pool.hosts.map(({ inFlight }) => inFlight)).toEqual([5, 5]);
    release();
    await Promise.all(calls);
    expect(counts(fakes)).toEqual([5, 5]);
  });

  test('by the name of a model, with its tag or without, in capitals or not', async () => {
    const fakes = await starting({ models: ['other'] }, { models: ['gemma3:latest', 'me/mine'] });
    const pool = poolOf(fakes);
    for (const name of ['gemma3', 'Gemma3:latest', 'me/mine', 'registry.ollama.ai/library/gemma3']) {
      await valuesOf(pool.show({ model: name })).catch(() => {});
    }
    expect(counts(fakes, '/api/show')).toEqual([0, 4]);
  });

  test('to any host where no model is named, the one with the least to do', async () => {
    const { options, release } = held();
    const fakes = await starting(options, {});
    await load(fakes[0]);
    const pool = poolOf(fakes);
    const busy = valuesOf(pool.generate(ask()));
    await fakes[0]?.waitFor(({ running }) => running === 1);
    expect(await firstValueFrom(pool.ping())).toBe('Ollama is running');
    expect(counts(fakes, '/')).toEqual([0, 1]);
    release();
    await busy;
  });

  test('to a host that is chosen anew for each subscription', async () => {
    const { options, release } = held();
    const fakes = await starting(options, options);
    await Promise.all(fakes.map((fake) => load(fake)));
    const pool = poolOf(fakes);
    const answer$ = pool.generate(ask());
    expect(fakes.map(({ total }) => total)).toEqual([1, 1]); // nothing is asked before
    const calls = [valuesOf(answer$), valuesOf(answer$)];
    await Promise.all(fakes.map((fake) => fake.waitFor(({ running }) => running === 1)));
    release();
    await Promise.all(calls);
    expect(counts(fakes)).toEqual([2, 2]); // the loads too
  });
});

describe('hosts of different sizes', () => {
  const sized = async (...sizes: readonly number[]): Promise<FakeOllama[]> => {
    const fakes = await starting(...sizes.map((slots) => ({ slots, answerTokens: 10, tokenMs: 5 })));
    await Promise.all(fakes.map((fake) => load(fake)));
    return fakes;
  };
  /** Makes so many calls, so many at once; the result is how many came to each host. */
  const run = async (fakes: readonly FakeOllama[], pool: Ollama, calls: number, atOnce: number): Promise<number[]> => {
    const before = counts(fakes);
    const requests = Array.from({ length: calls }, (_, n) => ask(`Question ${n}`));
    await lastValueFrom(
      from(requests).pipe(
        mergeMap((request) => pool.generate(request), atOnce),
        toArray(),
      ),
    );
    return counts(fakes).map((count, index) => count - (before[index] ?? 0));
  };

  test.each([28, 84])('get work in proportion to their slots, with %i calls at once', async (atOnce) => {
    const fakes = await sized(4, 8, 16);
    const done = await run(fakes, poolOf(fakes), 560, atOnce);
    expect(done.reduce((sum, count) => sum + count)).toBe(560);
    for (const [index, fair] of [80, 160, 320].entries()) {
      expect(done[index]).toBeGreaterThan(fair * 0.65);
      expect(done[index]).toBeLessThan(fair * 1.6);
    }
  });

  test('get no more calls than are soon done: by those in flight alone, the smallest would have as many as the largest', async () => {
    const fakes = await sized(1, 2, 13);
    const [small, , large] = await run(fakes, poolOf(fakes), 320, 16);
    expect(small).toBeLessThan(36); // 20 would be fair, without what is learnt it is 45
    expect(large).toBeGreaterThan(215); // 260 would be, it is 190
  });

  test('are not taken for slow when there is much to do, where they had little before', async () => {
    const fakes = await sized(12, 12, 12);
    const pool = poolOf(fakes);
    for (const [calls, atOnce] of [
      [20, 1],
      [30, 4],
      [50, 11],
    ] as const)
      await run(fakes, pool, calls, atOnce);
    for (const count of await run(fakes, pool, 180, 24)) {
      expect(count).toBeGreaterThan(45);
      expect(count).toBeLessThan(75);
    }
  });
});

describe('what is known of the hosts', () => {
  test('is asked once before the first call, and not again for each', async () => {
    const fakes = await starting({}, {});
    const pool = poolOf(fakes);
    await Promise.all(Array.from({ length: 20 }, (_, n) => valuesOf(pool.generate(ask(`Q${n}`)))));
    for (let n = 0; n < 20; n += 1) await valuesOf(pool.generate(ask(`Q${n}`)));
    expect(counts(fakes, '/api/tags')).toEqual([1, 1]);
    // Once more after the load, but no sooner than a second after the first time.
    for (const count of counts(fakes, '/api/ps')) expect(count).toBeLessThan(3);
    expect(pool.hosts.map(({ loaded, installed }) => [loaded, installed])).toEqual([
      [[model], [model]],
      [[], [model]],
    ]);
  });

  test('is asked again beside the calls when it is old', async () => {
    const fakes = await starting({}, {});
    const pool = poolOf(fakes, { refreshMs: 50 });
    await valuesOf(pool.generate(ask()));
    await load(fakes[1], model);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await valuesOf(pool.generate(ask()));
    await fakes[1]?.waitFor((fake) => counts([fake], '/api/ps')[0] === 2);
    while (pool.hosts[1]?.loaded.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(counts(fakes)).toEqual([2, 1]);
  });

  test('is asked again where a model is not where it was: who has got it meanwhile takes the call', async () => {
    let isDeleted = false;
    const deleted: Fault = { kind: 'status', status: 404, body: { error: `model '${model}' not found` } };
    const faults: Faults = ({ path }) => (isDeleted && path === '/api/generate' ? deleted : undefined);
    const fakes = await starting({ faults }, { models: ['other'], pullable: [model] });
    const pool = poolOf(fakes);
    await valuesOf(pool.generate(ask()));
    isDeleted = true;
    await valuesOf(createOllama({ baseUrl: fakes[1]?.url }).pull({ model }));
    const now = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 2000);
    try {
      expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    } finally {
      later.mockRestore();
    }
    expect(counts(fakes)).toEqual([2, 1]);
    expect(counts(fakes, '/api/tags')).toEqual([2, 2]);
  });

  test('of a host that is back is asked beside the calls, which others take meanwhile', async () => {
    const [fake, gone] = (await starting({}, {})) as [FakeOllama, FakeOllama];
    const pool = poolOf([fake, gone], { waitMs: 60_000 });
    await valuesOf(pool.generate(ask()));
    await gone.close();
    await errorOf(pool.at(gone.url).generate(ask()));
    const silent = await startRaw((socket) => {
      // Answers probes, and is silent about its models.
      onRequest(socket, (text) => text.includes('/api/version') && socket.write(jsonAnswer({ version: '1' })));
    }, gone.port);
    while (pool.hosts[1]?.isUp === false) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    expect(counts([fake])).toEqual([2]);
    expect(silent.sockets.length).toBeGreaterThan(0);
  });

  test('is never asked for where there is no choice', async () => {
    const [fake] = await starting({});
    const pool = poolOf([fake as FakeOllama]);
    await valuesOf(pool.generate(ask()));
    await valuesOf(pool.at(pool.hosts[0]?.url ?? '').generate(ask()));
    expect(fake?.requests.map(({ path }) => path)).toEqual(['/api/generate', '/api/generate']);
    expect(pool.hosts).toMatchObject([{ loaded: [model] }]);
  });

  test('leaves the choice to the tokens where hosts do not tell', async () => {
    const faults: FakeOllamaOptions['faults'] = ({ path }) =>
      path === '/api/ps' || path === '/api/tags' ? { kind: 'status', status: 404, body: 'no such page' } : undefined;
    const fakes = await starting({ faults }, { faults });
    const pool = poolOf(fakes);
    expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    expect(pool.hosts).toMatchObject([{ installed: undefined, isUp: true }, { installed: undefined }]);
  });

  test('is not waited for longer than `waitMs`, and a host that is late is not taken for able', async () => {
    const silent = await startRaw();
    const [fake] = await starting({});
    const pool = poolOf([silent, fake as FakeOllama], { waitMs: 50 });
    const begin = performance.now();
    await valuesOf(pool.generate(ask()));
    expect(performance.now() - begin).toBeGreaterThan(45);
    const paths: string[] = [];
    for (const socket of silent.sockets) onRequest(socket, (text) => paths.push(text.split(' ')[1] ?? ''));
    await Promise.all([valuesOf(pool.generate(ask())), valuesOf(pool.generate(ask()))]);
    expect(silent.sockets).toHaveLength(2);
    expect(paths.sort()).toEqual(['/api/ps', '/api/tags']);
    expect(counts([fake as FakeOllama])).toEqual([3]);
  });
});

test('a model that no host has is the error of the server, and costs each at most one question', async () => {
  const fakes = await starting({}, {});
  const pool = poolOf(fakes);
  for (let n = 0; n < 5; n += 1)
    expect((await errorOf(pool.generate(ask('Why?', 'nobody')))).code).toBe('MODEL_NOT_FOUND');
  expect(counts(fakes).reduce((sum, count) => sum + count)).toBe(5);
  for (const count of counts(fakes, '/api/tags')) expect(count).toBe(1);
});

test('hosts may be addresses, options and clients', async () => {
  const [one, two, three] = await starting({}, {}, {});
  const client = createOllama({ baseUrl: three?.url });
  const pool = createPool([`127.0.0.1:${one?.port}`, { baseUrl: two?.url, headers: { 'x-key': '1' } }, client]);
  expect(pool.hosts.map(({ url }) => url)).toEqual([one?.url, two?.url, three?.url]);
  expect(pool.baseUrl).toBe([one?.url, two?.url, three?.url].join(','));
  expect(await firstValueFrom(pool.at(client).version())).toMatchObject({ version: '0.32.15' });
  expect(three?.total).toBe(1);
  pool.close();
});
