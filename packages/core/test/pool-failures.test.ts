import { describe, expect, jest, test } from '@jest/globals';
import { answer, createOllama, type OllamaPool } from '@millrace/core';
import { type FakeOllama, type FakeOllamaOptions, type Fault, type Faults, randomFaults } from '@millrace/testing';
import { firstValueFrom, from, lastValueFrom, map, mergeMap, retry, timer, toArray } from 'rxjs';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';
import { chunk, onRequest, streamHead, token } from './support/raw-server.ts';
import { useFakes } from './support/use-fakes.ts';
import { usePools } from './support/use-pools.ts';
import { useRawServer, wholeStream } from './support/use-raw-server.ts';

jest.setTimeout(20_000); // machines may be busy

const start = useFakes();
const poolOf = usePools();
const { start: startRaw } = useRawServer();

const model = 'gemma3:270m';
const ask = (prompt = 'Why?') => ({ model, prompt });
const generated = ({ requests }: FakeOllama): number => requests.filter(({ path }) => path === '/api/generate').length;
const starting = (...options: readonly FakeOllamaOptions[]): Promise<FakeOllama[]> => Promise.all(options.map(start));
const load = (url: string): Promise<unknown> => valuesOf(createOllama({ baseUrl: url }).generate({ model }));
const failing =
  (fault: Fault): Faults =>
  ({ path }) =>
    path === '/api/generate' ? fault : undefined;
const stateOf = (pool: OllamaPool) => pool.hosts.map(({ isUp, inFlight }) => ({ isUp, inFlight }));
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('a call that fails before its first message is made at another host', () => {
  test('where nobody is there', async () => {
    const fakes = await starting({}, {}, {});
    await load(fakes[0]?.url ?? '');
    const pool = poolOf(fakes);
    await valuesOf(pool.generate(ask()));
    expect(fakes.map(generated)).toEqual([2, 0, 0]);
    await fakes[0]?.close();
    expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    expect(fakes.map(generated)).toEqual([2, 1, 0]);
    expect(stateOf(pool)).toMatchObject([{ isUp: false }, { isUp: true }, { isUp: true }]);
  });

  // A connection that was kept and is reset is stale to the client, which sends once more: so each request fails.
  test.each<[string, Fault]>([
    ['is reset', { kind: 'reset' }],
    ['is reset behind its headers', { kind: 'reset', afterTokens: 0 }],
    ['breaks off behind its headers', { kind: 'cut', afterTokens: 0 }],
    ['is refused since the queue is full', { kind: 'status', status: 503 }],
    ['is refused by a proxy without a server', { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
    [
      'fails since the model does not fit',
      { kind: 'status', status: 500, body: { error: 'model requires more system memory (9.0 GiB) than is available' } },
    ],
    [
      'is refused since the model was deleted',
      { kind: 'status', status: 404, body: { error: `model '${model}' not found` } },
    ],
  ])('where it %s', async (_, fault) => {
    const fakes = await starting({ faults: failing(fault) }, {});
    const pool = poolOf(fakes);
    const { values, error } = await outcomeOf(pool.generate(ask()));
    expect(error).toBeUndefined();
    expect(values.at(-1)).toMatchObject({ done: true });
    expect(generated(fakes[0] as FakeOllama)).toBeGreaterThan(0);
    expect(generated(fakes[1] as FakeOllama)).toBe(1);
  });

  test('each host once, and then the error names all of them', async () => {
    const faults = failing({ kind: 'status', status: 502, body: '<html>Bad Gateway</html>' });
    const fakes = await starting({ faults }, { faults });
    const pool = poolOf(fakes);
    const error = await errorOf(pool.generate(ask()));
    expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
    for (const { url } of fakes) expect(error.message).toContain(url);
    expect(fakes.map(generated)).toEqual([1, 1]);
  });

  test('and a full queue somewhere is the error, since that passes', async () => {
    const fakes = await starting(
      { faults: failing({ kind: 'status', status: 503, headers: { 'retry-after': '7' } }) },
      { faults: failing({ kind: 'reset' }) },
    );
    const error = await errorOf(poolOf(fakes).generate(ask()));
    expect(error).toMatchObject({ code: 'OLLAMA_BUSY', retry: 'busy', details: { retryAfterMs: 7000 } });
  });
});

describe('a call is not made again', () => {
  test('once a message has come: the error keeps its text', async () => {
    const broken = await startRaw((socket) => {
      onRequest(socket, (text) => {
        if (text.startsWith('GET')) socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
        else socket.end(streamHead + chunk(token('Hel')));
      });
    });
    const [fake] = await starting({ models: ['other'] });
    const pool = poolOf([broken, fake as FakeOllama]);
    const { values, error } = await outcomeOf(pool.generate(ask()));
    expect(values).toHaveLength(1);
    expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', details: { partial: { text: 'Hel' } } });
    expect(generated(fake as FakeOllama)).toBe(0);
  });

  test('where the server has said what is wrong with it', async () => {
    const fakes = await starting({ faults: [{ kind: 'status', status: 400, body: { error: 'no' } }] }, {});
    expect((await errorOf(poolOf(fakes).generate(ask()))).code).toBe('BAD_REQUEST');
    expect(fakes.map(generated)).toEqual([1, 0]);
  });

  test('at a host that does not have the model: that the only one with it is gone stays the error', async () => {
    const fakes = await starting({}, { models: ['other'] });
    const pool = poolOf(fakes);
    await valuesOf(pool.generate(ask()));
    await fakes[0]?.close();
    for (let n = 0; n < 2; n += 1) {
      expect(await errorOf(pool.generate(ask()))).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
    }
    expect(generated(fakes[1] as FakeOllama)).toBe(0);
  });
});

describe('a host that is down', () => {
  test('is left out, and gets calls again when it is back', async () => {
    const fakes = await starting({}, {});
    await load(fakes[0]?.url ?? '');
    const pool = poolOf(fakes);
    await fakes[0]?.close();
    await Promise.all(Array.from({ length: 10 }, (_, n) => valuesOf(pool.generate(ask(`Q${n}`)))));
    expect(stateOf(pool)[0]?.isUp).toBe(false);
    const back = await start({ port: fakes[0]?.port ?? 0 });
    await until(() => pool.hosts[0]?.isUp === true);
    await pool.drain(fakes[1]?.url ?? '');
    expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    expect(generated(back)).toBe(1);
  });

  test('is asked all the same where all are down', async () => {
    const fakes = await starting({}, {});
    const pool = poolOf(fakes, { health: { firstDelayMs: 1e9, longestDelayMs: 1e9 } });
    for (const fake of fakes) await fake.close();
    expect((await errorOf(pool.generate(ask()))).code).toBe('OLLAMA_UNREACHABLE');
    expect(stateOf(pool)).toEqual([
      { isUp: false, inFlight: 0 },
      { isUp: false, inFlight: 0 },
    ]);
    const back = await start({ port: fakes[1]?.port ?? 0 });
    expect(await valuesOf(pool.generate(ask()))).not.toEqual([]);
    expect(generated(back)).toBe(1);
    expect(stateOf(pool)).toMatchObject([{ isUp: false }, { isUp: true }]);
  });
});

describe('a host that is there and of no use', () => {
  test('gets few calls while others do the work: one that fails at once would get all', async () => {
    const crash: Fault = { kind: 'error-line', afterTokens: 0 };
    const fakes = await starting({ faults: failing(crash) }, { tokenMs: 1 });
    const pool = poolOf(fakes, { loadTokens: 0 });
    const calls = Array.from({ length: 60 }, (_, n) => ask(`Q${n}`));
    const outcomes = await lastValueFrom(
      from(calls).pipe(
        mergeMap((request) => from(outcomeOf(pool.generate(request))), 2),
        toArray(),
      ),
    );
    const failed = outcomes.filter(({ error }) => error?.code === 'RUNNER_CRASHED');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(5);
    expect(generated(fakes[1] as FakeOllama)).toBe(60 - failed.length);
    expect(pool.hosts).toMatchObject([{ isUp: true }, { isUp: true }]);
  });

  test('is not asked for each call whether its queue is still full', async () => {
    const full: Fault = { kind: 'status', status: 503, headers: { 'retry-after': '60' } };
    const fakes = await starting({ faults: failing(full) }, {});
    const pool = poolOf(fakes);
    for (let n = 0; n < 20; n += 1) expect(await valuesOf(pool.generate(ask(`Q${n}`)))).not.toEqual([]);
    expect(fakes.map(generated)).toEqual([1, 20]);
  });
});

test('no call is lost, and no answer lands elsewhere, when a host dies in the middle and comes back', async () => {
  const options: FakeOllamaOptions = { slots: 4, tokenMs: 1, answer: ({ lastText }) => `You said: ${lastText}.` };
  const [first, second, third] = (await starting(options, options, options)) as [FakeOllama, FakeOllama, FakeOllama];
  for (const { url } of [first, second, third]) await load(url);
  const pool = poolOf([first, second, third], { loadTokens: 100 });
  let again: FakeOllama | undefined;
  const isOver = (): boolean => (again?.requests ?? []).filter(({ path }) => path === '/api/generate').length > 20;
  const answers: (readonly [key: string, content: string])[] = [];
  let broken = 0;
  const worker = async (_: unknown, number: number): Promise<void> => {
    for (let n = 0; !isOver(); n += 1) {
      const key = `key-${number}-${n}`;
      const call = pool.generate(ask(key)).pipe(
        answer(),
        // What breaks in the middle is for the caller: a message has come.
        retry({
          delay: (error) => {
            expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', details: { partial: {} } });
            broken += 1;
            return timer(1);
          },
        }),
      );
      answers.push([key, (await lastValueFrom(call)).content]);
    }
  };
  const work = Promise.all(Array.from({ length: 12 }, worker));
  await second.waitFor(({ total }) => total > 20);
  await second.close();
  await third.waitFor(({ total }) => total > 40);
  again = await start({ ...options, port: second.port });
  await work;
  expect(answers.length).toBeGreaterThan(60);
  expect(new Set(answers.map(([key]) => key)).size).toBe(answers.length);
  for (const [key, content] of answers) expect(content).toBe(`You said: ${key}.`);
  expect(broken).toBeLessThan(13);
  expect(stateOf(pool)).toEqual(Array.from({ length: 3 }, () => ({ isUp: true, inFlight: 0 })));
});

test('keys never cross, whatever goes wrong at whichever host', async () => {
  const fakes = await starting(
    ...[1, 2, 3].map((seed) => ({
      slots: 4,
      answer: ({ lastText }: { readonly lastText: string }) => `You said: ${lastText}.`,
      faults: randomFaults({ seed, rate503: 0.1, rateMidstream: 0.1 }),
    })),
  );
  const pool = poolOf(fakes);
  const answers = await lastValueFrom(
    from(Array.from({ length: 400 }, (_, n) => `key-${n}`)).pipe(
      mergeMap(
        (key) =>
          pool.chat({ model, messages: [{ role: 'user', content: key }] }).pipe(
            answer(),
            retry({ count: 20 }),
            map(({ content }) => [key, content] as const),
          ),
        16,
      ),
      toArray(),
    ),
  );
  expect(answers).toHaveLength(400);
  for (const [key, content] of answers) expect(content).toBe(`You said: ${key}.`);
  expect(pool.hosts.map(({ inFlight, tokensInFlight }) => inFlight + tokensInFlight)).toEqual([0, 0, 0]);
});

test('the first value of a call is a sign of life, also where nobody waits for its end', async () => {
  const server = await startRaw((socket) => onRequest(socket, () => socket.write(wholeStream)));
  const pool = poolOf([server], { health: { accidents: 1, firstDelayMs: 1e9, longestDelayMs: 1e9 } });
  const [, other] = await Promise.all([firstValueFrom(pool.generate(ask())), firstValueFrom(pool.generate(ask()))]);
  expect(other.response).toBe('x');
  expect(stateOf(pool)).toEqual([{ isUp: true, inFlight: 0 }]);
});
