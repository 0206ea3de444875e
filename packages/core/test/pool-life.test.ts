import { once } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import { createOllama, createPool } from '@millrace/core';
import type { FakeOllama, FakeOllamaOptions } from '@millrace/testing';
import { outcomeOf, valuesOf } from './support/outcome.ts';
import { chunk, onRequest, peerClosed, streamHead, token } from './support/raw-server.ts';
import { runScript } from './support/run-script.ts';
import { useFakes } from './support/use-fakes.ts';
import { usePools } from './support/use-pools.ts';
import { useRawServer } from './support/use-raw-server.ts';

jest.setTimeout(20_000); // machines may be busy

const start = useFakes();
const poolOf = usePools();
const { start: startRaw } = useRawServer();

const model = 'gemma3:270m';
const ask = (prompt = 'Why?') => ({ model, prompt });
const starting = (...options: readonly FakeOllamaOptions[]): Promise<FakeOllama[]> => Promise.all(options.map(start));
const endless: FakeOllamaOptions = { answerTokens: 100_000, tokenMs: 1, slots: 4 };
const idle = { inFlight: 0, tokensInFlight: 0 };

describe('unsubscribing frees the host', () => {
  test('in the tick of subscribing', async () => {
    const fakes = await starting({}, {});
    const pool = poolOf(fakes);
    pool.generate(ask()).subscribe().unsubscribe();
    expect(pool.hosts).toMatchObject([idle, idle]);
    await valuesOf(pool.generate(ask())); // nothing of it is left
    expect(fakes.map(({ requests }) => requests.filter(({ path }) => path === '/api/generate').length)).toEqual([1, 0]);
  });

  test('while the hosts are asked what they have: the questions end', async () => {
    const servers = [await startRaw(), await startRaw()];
    const accepted = servers.map((server) => server.connection());
    const pool = poolOf(servers);
    const call = pool.generate(ask()).subscribe();
    await Promise.all(accepted);
    call.unsubscribe();
    for (const server of servers) for (const socket of server.sockets) await peerClosed(socket);
    expect(pool.hosts).toMatchObject([idle, idle]);
  });

  test('before the headers, and in mid-stream', async () => {
    const silent: FakeOllamaOptions = { answer: () => new Promise(() => {}) };
    for (const [options, isThere] of [
      [silent, (fake: FakeOllama) => fake.running === 1],
      [
        endless,
        (fake: FakeOllama) =>
          fake.requests.some(
            ({ method, events }) => method === 'POST' && events.some(({ type }) => type === 'firstByte'),
          ),
      ],
    ] as const) {
      const [fake, other] = (await starting(options, { models: ['other'] })) as [FakeOllama, FakeOllama];
      const pool = poolOf([fake, other]);
      const call = pool.generate(ask()).subscribe();
      await fake.waitFor(isThere);
      expect(pool.hosts).toMatchObject([{ inFlight: 1 }, idle]);
      call.unsubscribe();
      expect(pool.hosts).toMatchObject([{ ...idle, isUp: true }, idle]);
      await fake.waitFor(({ aborted, running }) => aborted === 1 && running === 0);
    }
  });

  test('while it is made at the next host', async () => {
    const [dead] = await starting({});
    const next = await startRaw();
    const pool = poolOf([dead as FakeOllama, next], { waitMs: 20 });
    await valuesOf(pool.generate(ask()));
    await dead?.close();
    const accepted = next.connection();
    const call = pool.generate(ask()).subscribe();
    let socket = await accepted;
    let asked = await new Promise<string>((resolve) => onRequest(socket, resolve));
    while (!asked.startsWith('POST')) {
      socket = await next.connection();
      asked = await new Promise<string>((resolve) => onRequest(socket, resolve));
    }
    call.unsubscribe();
    await peerClosed(socket);
    expect(pool.hosts).toMatchObject([idle, idle]);
  });
});

test('unsubscribing from a transfer ends it at all hosts', async () => {
  const servers = await Promise.all(
    [1, 2].map(() =>
      startRaw((socket) => onRequest(socket, () => socket.write(streamHead + chunk('{"status":"a"}\n')))),
    ),
  );
  const pool = poolOf(servers);
  const seen = new Set<string>();
  await new Promise<void>((resolve) => {
    const pull = pool.pull({ model }).subscribe(({ host = '' }) => {
      seen.add(host);
      if (seen.size < 2) return;
      pull.unsubscribe();
      resolve();
    });
  });
  for (const { sockets } of servers) for (const socket of sockets) await peerClosed(socket);
  expect(pool.hosts).toMatchObject([idle, idle]);
});

describe('draining', () => {
  test('gives a host no new calls, and settles when those in flight have ended', async () => {
    let release = (): void => {};
    const gate = new Promise<string>((resolve) => {
      release = () => resolve('Done.');
    });
    const fakes = await starting({ slots: 2, answer: () => gate }, {});
    const pool = poolOf(fakes);
    const [first, second] = pool.hosts.map(({ url }) => url) as [string, string];
    const running = valuesOf(pool.generate(ask()));
    await fakes[0]?.waitFor((fake) => fake.running === 1);
    let drained = false;
    const draining = pool.drain(first).then(() => {
      drained = true;
    });
    await valuesOf(pool.generate(ask()));
    expect([drained, pool.hosts[0]?.isDraining, pool.hosts[0]?.inFlight]).toEqual([false, true, 1]);
    expect(await outcomeError(pool.at(first).generate(ask()))).toMatchObject({ code: 'HOST_MISSING' });
    release();
    await Promise.all([running, draining]);
    await pool.drain(first); // at once
    expect(fakes[0]?.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    pool.resume(first);
    await pool.drain(second);
    await valuesOf(pool.generate(ask()));
    expect(fakes[0]?.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
  });

  test('settles when the last call is given up', async () => {
    const [fake] = (await starting(endless)) as [FakeOllama];
    const pool = poolOf([fake]);
    const call = pool.generate(ask()).subscribe();
    await fake.waitFor(({ running }) => running === 1);
    const drained = pool.drain(fake.url);
    call.unsubscribe();
    await drained;
  });

  test('of all hosts leaves none, which calls say; a host of another pool is none', async () => {
    const fakes = await starting({}, {});
    const pool = poolOf(fakes);
    await Promise.all(pool.hosts.map(({ url }) => pool.drain(url)));
    for (const call of [pool.generate(ask()), pool.tags(), pool.pull(ask()), pool.ping()]) {
      expect((await outcomeError(call)).message).toContain('is drained');
    }
    await expect(pool.drain('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'HOST_MISSING' });
    expect(() => pool.at('nobody')).toThrow('The pool has no host `nobody`.');
    expect(fakes.map(({ total }) => total)).toEqual([0, 0]);
  });
});

describe('closing', () => {
  test('ends the calls in flight and takes no others, and none is made at the next host', async () => {
    const fakes = await starting(endless, endless);
    const pool = poolOf(fakes);
    const running = outcomeOf(pool.generate(ask()));
    await fakes[0]?.waitFor((fake) => fake.running === 1);
    pool.close();
    expect((await running).error).toBeDefined();
    expect((await outcomeError(pool.generate(ask()))).message).toBe('The pool was closed.');
    expect((await outcomeError(pool.tags())).message).toBe('The pool was closed.');
    expect(fakes[1]?.requests.some(({ method }) => method === 'POST')).toBe(false);
  });

  test('ends a call that waits for what the hosts have', async () => {
    const servers = [await startRaw(), await startRaw()];
    const accepted = servers[0]?.connection();
    const pool = poolOf(servers);
    const call = outcomeError(pool.generate(ask()));
    await accepted;
    pool.close();
    expect((await call).message).toBe('The pool was closed.');
  });
});

test('other limits hold for the calls of all hosts, over the same books', async () => {
  const servers = await Promise.all(
    [1, 2].map(() =>
      startRaw((socket) =>
        onRequest(socket, (text) => {
          if (text.startsWith('POST')) socket.write(streamHead + chunk(token('x')));
          else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
        }),
      ),
    ),
  );
  const pool = poolOf(servers);
  const { error } = await outcomeOf(pool.withClocks({ idleMs: 10_000 }).withClocks({ totalMs: 30 }).generate(ask()));
  expect(error).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'totalMs' } });
  const call = pool
    .withClocks({ idleMs: 50_000 })
    .at(servers[1]?.url ?? '')
    .chat({ model })
    .subscribe();
  expect(pool.hosts).toMatchObject([idle, { inFlight: 1 }]);
  call.unsubscribe();
});

test('a process waits for a call, also over connections that were made for questions, and for nothing behind it', async () => {
  const options: FakeOllamaOptions = { answer: () => new Promise((resolve) => setTimeout(resolve, 200, 'Done.')) };
  const fakes = await starting(options, options);
  const silent = await startRaw();
  const urls = [...fakes, silent].map(({ url }) => url);
  const { code, output } = await runScript(`
    import { answer, createPool } from '@millrace/core';
    import { lastValueFrom } from 'rxjs';
    const pool = createPool(${JSON.stringify(urls)}, { waitMs: 100, refreshMs: 10 });
    const call = pool.generate({ model: '${model}', prompt: 'Why?' }).pipe(answer());
    console.log((await lastValueFrom(call)).content);
    console.log((await lastValueFrom(call)).content);
  `);
  expect([code, output]).toEqual([0, 'Done.\nDone.\n']);
  expect(silent.sockets.length).toBeGreaterThan(0);
});

test('clients that were handed in are closed with the pool', async () => {
  const server = await startRaw();
  const pool = createPool([createOllama({ baseUrl: server.url })]);
  const accepted = server.connection();
  const call = outcomeOf(pool.generate(ask()));
  const socket = await accepted;
  await once(socket, 'data');
  pool.close();
  expect((await call).error?.code).toBe('OLLAMA_UNREACHABLE');
  await peerClosed(socket);
});

/** The error of a call, which need not be one of a server. */
const outcomeError = (source: { subscribe(observer: { error(error: unknown): void; complete(): void }): unknown }) =>
  new Promise<Error>((resolve, reject) => {
    source.subscribe({
      error: (error) => resolve(error as Error),
      complete: () => reject(new Error('It completed, though it should have failed.')),
    });
  });
