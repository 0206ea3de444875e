import { afterEach, describe, expect, test } from '@jest/globals';
import { createPool, type Ollama, transfer } from '@millrace/core';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { type ModelServer, type RouteAnswer, startModelServer } from './support/model-server.ts';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';
import { useFakes } from './support/use-fakes.ts';
import { usePools } from './support/use-pools.ts';

const startFake = useFakes();
const poolOf = usePools();
const servers: ModelServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(models: readonly string[], routes?: Readonly<Record<string, RouteAnswer>>): Promise<ModelServer> {
  const server = await startModelServer(models, routes);
  servers.push(server);
  return server;
}

const routes = ({ calls }: ModelServer): string[] => calls.map(({ route }) => route);
const notFound: RouteAnswer = [404, { error: "model 'a' not found" }];
const nobody = { url: 'http://127.0.0.1:1' };

describe('lists', () => {
  test('are of all hosts, each model with its host, and name the hosts that are missing', async () => {
    const one = await startFake({ models: ['a', 'b'] });
    const two = await startFake({ models: ['b'] });
    const pool = poolOf([one, nobody, two]);
    const { models, missing } = await firstValueFrom(pool.tags());
    expect(models.map(({ name, host }) => [name, host]).sort()).toEqual(
      [
        ['a:latest', one.url],
        ['b:latest', one.url],
        ['b:latest', two.url],
      ].sort(),
    );
    expect(missing).toMatchObject([{ host: nobody.url, error: { code: 'OLLAMA_UNREACHABLE' } }]);
    await valuesOf(pool.at(two.url).generate({ model: 'b' }));
    const loaded = await firstValueFrom(pool.ps());
    expect(loaded.models).toMatchObject([{ name: 'b:latest', host: two.url }]);
    // Known to be down by now, it was not asked, and is missing with what took it down.
    expect(loaded.missing).toMatchObject([{ host: nobody.url, error: { message: expect.stringContaining('tags') } }]);
  });

  test('are an error where no host answers', async () => {
    const pool = poolOf([nobody, { url: 'http://127.0.0.1:2' }]);
    for (let n = 0; n < 2; n += 1) {
      const error = await errorOf(pool.tags());
      expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
      expect(error.message).toMatch(/^2 hosts did not answer: GET http:.*:1\/api\/tags.* \| GET http:.*:2\/api\/tags/);
    }
  });

  test('of versions say the oldest first, since that is what all can do', async () => {
    const [one, two, three] = await Promise.all(
      ['0.32.15', '0.9.3', '0.10.0'].map((version) => startFake({ version })),
    );
    const pool = poolOf([one, two, three].flatMap((fake) => fake ?? []));
    expect(await firstValueFrom(pool.version())).toEqual({
      version: '0.9.3',
      hosts: [
        { version: '0.32.15', host: one?.url },
        { version: '0.9.3', host: two?.url },
        { version: '0.10.0', host: three?.url },
      ],
      missing: [],
    });
  });
});

describe('a pull', () => {
  test('is done at all hosts, and says `success` once, when all have said it', async () => {
    const options = { models: [], pullable: ['a'] };
    const [one, two] = [await startFake(options), await startFake(options)];
    const pool = poolOf([one, two]);
    const rows = await valuesOf(pool.pull({ model: 'a' }));
    expect(rows.filter(({ status }) => status === 'success')).toEqual([{ status: 'success' }]);
    expect(rows.at(-1)).toEqual({ status: 'success' });
    expect(new Set(rows.slice(0, -1).map(({ host }) => host))).toEqual(new Set([one.url, two.url]));
    expect((await firstValueFrom(pool.tags())).models).toHaveLength(2);
  });

  test('counts the bytes of each host in transfer()', async () => {
    const row = { status: 'pulling 1234', digest: 'sha256:1234', total: 100, completed: 100 };
    const pull: Record<string, RouteAnswer> = { 'POST /api/pull': [200, [row, { status: 'success' }]] };
    const pool = poolOf([await start([], pull), await start([], pull)]);
    const last = await lastValueFrom(pool.pull({ model: 'a' }).pipe(transfer()));
    expect(last).toMatchObject({ status: 'success', total: 200, completed: 200 });
  });

  test('that fails at one host goes on at the others, and is an error in the end that names it', async () => {
    const good = await start([], { 'POST /api/pull': [200, [{ status: 'pulling' }, { status: 'success' }]] });
    const bad = await start([], {
      'POST /api/pull': [200, [{ status: 'pulling' }, { error: 'no space left on device' }]],
    });
    const { values, error } = await outcomeOf(poolOf([bad, good]).pull({ model: 'a' }));
    expect(error?.code).toBe('TRANSFER_FAILED');
    expect(error?.message).toContain(bad.url);
    expect(values).toEqual(expect.arrayContaining([bad, good].map(({ url }) => ({ status: 'pulling', host: url }))));
    expect(values.some(({ status }) => status === 'success')).toBe(false);
    expect(routes(bad)).toEqual(['POST /api/pull']); // once
  });

  test('goes to one host through `at`', async () => {
    const options = { models: [], pullable: ['a'] };
    const [one, two] = [await startFake(options), await startFake(options)];
    const pool = poolOf([one, two]);
    expect((await valuesOf(pool.at(two.url).pull({ model: 'a' }))).at(-1)).toEqual({ status: 'success' });
    expect(one.total).toBe(0);
  });
});

describe('models are changed at all hosts', () => {
  test('that have them', async () => {
    const ok: RouteAnswer = [200];
    const has = await start(['a'], { 'POST /api/copy': ok, 'DELETE /api/delete': ok });
    const lacks = await start([], { 'POST /api/copy': notFound, 'DELETE /api/delete': notFound });
    const pool = poolOf([lacks, has]);
    expect(await valuesOf(pool.copy({ source: 'a', destination: 'b' }))).toEqual([undefined]);
    expect(await valuesOf(pool.delete({ model: 'a' }))).toEqual([undefined]);
    for (const server of [has, lacks]) expect(routes(server)).toEqual(['POST /api/copy', 'DELETE /api/delete']);
  });

  test('and it is an error where none has them, or one fails', async () => {
    const lacks = { 'DELETE /api/delete': notFound };
    const none = poolOf([await start([], lacks), await start([], lacks)]);
    expect((await errorOf(none.delete({ model: 'a' }))).code).toBe('MODEL_NOT_FOUND');
    const pool = poolOf([await start(['a'], { 'DELETE /api/delete': [200] }), nobody]);
    const error = await errorOf(pool.delete({ model: 'a' }));
    expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE' });
    expect(error.message).toContain(nobody.url);
  });

  test('from blobs that all are given', async () => {
    const routesOf: Record<string, RouteAnswer> = {
      'POST /api/blobs/': [201],
      'POST /api/create': [200, [{ status: 'writing manifest' }, { status: 'success' }]],
    };
    const hosts = [await start([], routesOf), await start([], { ...routesOf, 'HEAD /api/blobs/': [200] })];
    const pool = poolOf(hosts);
    expect(await firstValueFrom(pool.blobs.exists(`sha256:${'0'.repeat(64)}`))).toBe(false);
    const uploaded = await valuesOf(pool.blobs.upload(Buffer.from('GGUF')));
    const digest = uploaded.at(-1)?.digest ?? '';
    expect(uploaded.at(-1)).toEqual({ status: 'success', digest, completed: 4, total: 4 });
    const rows = await valuesOf(pool.create({ model: 'a', files: { 'a.gguf': digest } }));
    expect(rows).toHaveLength(3);
    for (const { calls } of hosts) {
      expect(calls.at(-1)).toMatchObject({ route: 'POST /api/create', body: { files: { 'a.gguf': digest } } });
    }
    expect(routes(hosts[0] as ModelServer)).toContain('POST /api/blobs/');
  });

  test('and a sign-out is of all that are signed in', async () => {
    const out: Record<string, RouteAnswer> = { 'POST /api/signout': [200] };
    const never: Record<string, RouteAnswer> = { 'POST /api/signout': [401, { error: 'unauthorized' }] };
    expect(await valuesOf(poolOf([await start([], out), await start([], never)]).signout())).toEqual([undefined]);
    const nowhere = poolOf([await start([], never), await start([], never)]);
    expect((await errorOf(nowhere.signout())).code).toBe('SIGN_IN_NEEDED');
  });
});

test('a model is loaded at one host, and unloaded at all', async () => {
  const fakes = [await startFake(), await startFake(), await startFake({ models: ['other'] })];
  const pool = poolOf([...fakes, nobody]);
  const model = 'gemma3:270m';
  await valuesOf(pool.generate({ model }));
  expect(fakes.map(({ loaded }) => loaded.length)).toEqual([1, 0, 0]);
  await valuesOf(pool.at(fakes[1]?.url ?? '').chat({ model }));
  expect(await valuesOf(pool.generate({ model, keep_alive: 0 }))).toMatchObject([{ done_reason: 'unload' }]);
  for (const fake of fakes) await fake.waitFor(({ loaded }) => loaded.length === 0);
  expect(pool.hosts.map(({ loaded }) => loaded)).toEqual([[], [], [], []]);
  await valuesOf(pool.generate({ model, prompt: 'Why?', keep_alive: '0s' }));
  expect(pool.hosts.map(({ loaded }) => loaded)).toEqual([[], [], [], []]);
  expect((await errorOf(pool.chat({ model: 'nobody', keep_alive: 0 }))).code).toBe('MODEL_NOT_FOUND');
});

test('a push goes to a host that has the model, and to no other when that fails', async () => {
  const lacks = await start([]);
  const has = await start(['a:latest'], { 'POST /api/push': [503, { error: 'server busy' }] });
  const also = await start(['a:latest'], { 'POST /api/push': [200, [{ status: 'success' }]] });
  expect((await errorOf(poolOf([lacks, has, also]).push({ model: 'a' }))).code).toBe('OLLAMA_BUSY');
  expect(routes(has)).toContain('POST /api/push');
  for (const other of [lacks, also]) expect(routes(other)).not.toContain('POST /api/push');
});

test('questions go to any host, and on to the next where one does not answer', async () => {
  const server = await start(['a'], {
    'GET /api/status': [200, { cloud: { disabled: false, source: 'none' } }],
    'POST /api/me': [200, { id: '1', email: 'ada@example.com', name: 'ada' }],
    'HEAD /': [200],
    'POST /api/experimental/web_search': [200, { results: [] }],
    'POST /api/experimental/web_fetch': [200, { title: 'T', content: 'C' }],
    'GET /api/experimental/model-recommendations': [200, { recommendations: [] }],
    'POST /api/show': [200, { model_info: {} }],
    'POST /api/embed': [200, { model: 'a', embeddings: [[1]] }],
    'POST /api/embeddings': [200, { embedding: [1] }],
  });
  const pool = poolOf([nobody, server]);
  const answers = [
    await valuesOf(pool.status()),
    await valuesOf(pool.me()),
    await valuesOf(pool.head()),
    await valuesOf(pool.webSearch({ query: 'q' })),
    await valuesOf(pool.webFetch({ url: 'https://example.com' })),
    await valuesOf(pool.modelRecommendations()),
    await valuesOf(pool.show({ model: 'a' })),
    await valuesOf(pool.embed({ model: 'a', input: ['x', 'y'] })),
    await valuesOf(pool.embeddings({ model: 'a', prompt: 'x' })),
  ];
  expect(answers.map(({ length }) => length)).toEqual(Array.from(answers, () => 1));
  expect(pool.hosts).toMatchObject([{ isUp: false }, { isUp: true }]);
});

test('a pool is an `Ollama`, with all of its methods and a few of its own', () => {
  const pool: Ollama = createPool(['http://127.0.0.1:1']);
  const own = ['hosts', 'at', 'drain', 'resume'];
  const ollama = Object.keys((pool as ReturnType<typeof createPool>).at('http://127.0.0.1:1'));
  expect(
    Object.keys(pool)
      .filter((name) => !own.includes(name))
      .sort(),
  ).toEqual(ollama.sort());
  expect(() => createPool([])).toThrow(expect.objectContaining({ code: 'HOST_MISSING' }));
  expect(() => createPool(['ftp://x'])).toThrow(expect.objectContaining({ code: 'OLLAMA_UNREACHABLE' }));
});
