import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHealth, createOllama, type Health, type HealthOptions } from '@millrace/core';
import { MillraceError, OllamaError } from '@millrace/errors';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { errorOf } from './support/outcome.ts';
import { onRequest } from './support/raw-server.ts';
import { runScript } from './support/run-script.ts';
import { useFakes } from './support/use-fakes.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const start = useFakes();
const { start: startRaw, writing } = useRawServer();
const made: Health[] = [];
afterEach(() => {
  for (const health of made.splice(0)) health.close();
});

const quick: HealthOptions = { firstDelayMs: 4, longestDelayMs: 8 };
const never: HealthOptions = { firstDelayMs: 1e9, longestDelayMs: 1e9 };

function healthOf(baseUrl: string, options: HealthOptions = quick): Health {
  const health = createHealth(createOllama({ baseUrl }), options);
  made.push(health);
  return health;
}

/** The address of a port where nobody listens. */
async function nobody(): Promise<{ readonly url: string; readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return { url: `http://127.0.0.1:${port}`, port };
}

const accident = new OllamaError('OLLAMA_UNREACHABLE', 'reset', {}, { cause: { code: 'ECONNRESET' } });
const said = (code: 'SERVER_ERROR' | 'MODEL_NOT_FOUND' | 'BAD_REQUEST', status: number): OllamaError =>
  new OllamaError(code, 'no', { status, serverMessage: 'no' });

describe('a host is taken down', () => {
  test('by one connection that is refused', async () => {
    const { url } = await nobody();
    const health = healthOf(url, never);
    expect(health.isUp).toBe(true);
    const change = firstValueFrom(health.changes);
    const error = await errorOf(createOllama({ baseUrl: url }).generate(request));
    health.note(error);
    expect(health.isUp).toBe(false);
    expect(health.failure).toBe(error);
    expect(await change).toBe(false);
  });

  test('by one name that nobody knows, and by one certificate that is not trusted', async () => {
    for (const code of ['ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']) {
      const health = healthOf('http://127.0.0.1:1', never);
      health.note(new OllamaError('OLLAMA_UNREACHABLE', 'no', {}, { cause: { code } }));
      expect([code, health.isUp]).toEqual([code, false]);
    }
    const health = healthOf('http://127.0.0.1:1', never);
    health.note(new OllamaError('OLLAMA_UNREACHABLE', 'no', {}, { cause: { code: 'DEPTH_ZERO' }, retry: null }));
    expect(health.isUp).toBe(false);
  });

  test('by the third reset in a row, and not by three with an answer between them', async () => {
    const server = await startRaw((socket) => onRequest(socket, () => socket.resetAndDestroy()));
    const reset = await errorOf(createOllama({ baseUrl: server.url }).generate(request));
    expect(reset.code).toBe('OLLAMA_UNREACHABLE');
    const health = healthOf(server.url, never);
    for (const outcome of [reset, reset, undefined, reset, said('SERVER_ERROR', 500), reset, reset])
      health.note(outcome);
    expect(health.isUp).toBe(true);
    health.note(reset);
    expect(health.isUp).toBe(false);
  });

  test('by connections that do not open, break in the middle or fall silent, each of which may be chance', () => {
    const causes = [
      new OllamaError('TIMED_OUT', 'no connection', { kind: 'connectMs' }),
      new OllamaError('STREAM_TRUNCATED', 'broken', {}, { cause: new Error('aborted') }),
      new OllamaError('TIMED_OUT', 'silence', { kind: 'idleMs' }),
      new OllamaError('OLLAMA_UNREACHABLE', 'a proxy', { status: 502, serverMessage: '<html>502</html>' }),
    ];
    for (const cause of causes) {
      const health = healthOf('http://127.0.0.1:1', { ...never, accidents: 2 });
      health.note(cause);
      expect(health.isUp).toBe(true);
      health.note(cause);
      expect(health.isUp).toBe(false);
    }
  });

  test('by nothing that a server says, that a limit of the caller ends, or that happens on this side', () => {
    const health = healthOf('http://127.0.0.1:1', { ...never, accidents: 1 });
    const errors = [
      said('SERVER_ERROR', 500),
      said('MODEL_NOT_FOUND', 404),
      said('BAD_REQUEST', 400),
      new OllamaError('OLLAMA_BUSY', 'full', { status: 503, serverMessage: 'full' }),
      new OllamaError('OLLAMA_UNREACHABLE', 'the cloud', { status: 502, serverMessage: 'no such host' }),
      new OllamaError('STREAM_TRUNCATED', 'ended early', {}),
      new OllamaError('TIMED_OUT', 'slow load', { kind: 'firstByteMs' }),
      new OllamaError('TIMED_OUT', 'long answer', { kind: 'totalMs' }),
      new OllamaError('RUNNER_CRASHED', 'in mid-stream', { serverMessage: 'killed' }),
      new OllamaError('BAD_REQUEST', 'cannot be written'),
      new MillraceError('FILE_NOT_FOUND', 'no image'),
      new TypeError('a bug'),
    ];
    for (const error of errors) {
      health.note(error);
      expect([error.message, health.isUp]).toEqual([error.message, true]);
    }
  });

  test('once: further failures tell nothing new', async () => {
    const health = healthOf('http://127.0.0.1:1', { ...never, accidents: 1 });
    const told = lastValueFrom(health.changes.pipe(toArray()));
    for (let n = 0; n < 5; n += 1) health.note(accident);
    health.close();
    expect(await told).toEqual([false]);
  });
});

describe('a host comes back', () => {
  test('when it answers a probe, however many failed before', async () => {
    const { url, port } = await nobody();
    const health = healthOf(url);
    health.note(await errorOf(createOllama({ baseUrl: url }).version()));
    expect(health.isUp).toBe(false);
    const back = firstValueFrom(health.changes);
    await errorOf(createOllama({ baseUrl: url }).version());
    const fake = await start({ port });
    expect(await back).toBe(true);
    expect(health.failure).toBeUndefined();
    expect(fake.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/version']);
  });

  test('when it answers with an error: it is there', async () => {
    const server = await writing('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    const health = healthOf(server.url, { ...quick, accidents: 1 });
    const back = firstValueFrom(health.changes.pipe());
    health.note(accident);
    expect(await back).toBe(false);
    expect(await firstValueFrom(health.changes)).toBe(true);
  });

  test('when a call went well that nobody expected to, and the probe under way is given up', async () => {
    const server = await startRaw();
    const accepted = server.connection();
    const health = healthOf(server.url, { ...quick, accidents: 1 });
    health.note(accident);
    const socket = await accepted;
    const closed = once(socket.resume(), 'close');
    health.note();
    expect(health.isUp).toBe(true);
    await closed;
    expect(server.sockets).toHaveLength(1);
  });

  test('not while it is overloaded, and not when its answers take longer than a probe may', async () => {
    let count = 0;
    const server = await startRaw((socket) =>
      onRequest(socket, () => {
        count += 1;
        if (count < 3) socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        else if (count > 4)
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{"version":"1"}');
      }),
    );
    const health = healthOf(server.url, { ...quick, accidents: 1, probeMs: 30 });
    health.note(accident);
    expect(await firstValueFrom(health.changes)).toBe(true);
    expect(count).toBe(5);
  });
});

test('probes come at growing intervals up to the longest, half of each by chance', async () => {
  const times: number[] = [];
  const server = await startRaw((socket) => {
    times.push(performance.now());
    socket.resetAndDestroy();
    if (times.length === 6) enough();
  });
  let enough = (): void => {};
  const seen = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const health = healthOf(server.url, { firstDelayMs: 20, longestDelayMs: 80, random: () => 0, accidents: 1 });
  const begin = performance.now();
  health.note(accident);
  await seen;
  health.close();
  // With the chance at 0, half of 20, 40, 80, 80, 80, 80.
  const waits = times.map((time, index) => time - (times[index - 1] ?? begin));
  for (const [index, least] of [10, 20, 40, 40, 40, 40].entries())
    expect(waits[index]).toBeGreaterThanOrEqual(least - 2);
});

test('closing ends the probe under way, the waiting for the next, and `changes`', async () => {
  const server = await startRaw();
  const accepted = server.connection();
  const health = healthOf(server.url, { ...quick, accidents: 1 });
  const told = lastValueFrom(health.changes.pipe(toArray()));
  health.note(accident);
  const socket = await accepted;
  const closed = once(socket.resume(), 'close');
  health.close();
  await closed;
  expect(await told).toEqual([false]);
});

test.each([
  ['waits for its next probe', '{ accidents: 1, firstDelayMs: 60_000, longestDelayMs: 60_000 }'],
  ['probes a server that never answers', '{ accidents: 1, firstDelayMs: 1, probeMs: 60_000 }'],
])('a process ends whose health %s', async (_, options) => {
  const server = await startRaw();
  const { code } = await runScript(`
    import { createHealth, createOllama } from '@millrace/core';
    import { OllamaError } from '@millrace/errors';
    import { setTimeout } from 'node:timers/promises';
    const health = createHealth(createOllama({ baseUrl: '${server.url}' }), ${options});
    health.note(new OllamaError('OLLAMA_UNREACHABLE', 'reset', {}, { cause: { code: 'ECONNRESET' } }));
    await setTimeout(100);
  `);
  expect(code).toBe(0);
});
