import { expect, test } from '@jest/globals';
import { type Clocks, createOllama, defaultClocks } from '@millrace/core';
import { take } from 'rxjs';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';
import { chunk, endOfChunks, final, onRequest, peerClosed, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { start, writing } = useRawServer();

const generate = ({ url }: { readonly url: string }, clocks: Clocks) =>
  createOllama({ baseUrl: url, clocks }).generate(request);

test('a connection that does not open in time is TIMED_OUT with connectMs, and is closed', async () => {
  const server = await start(); // never answers the TLS greeting
  const accepted = server.connection();
  const error = await errorOf(generate({ url: `https://127.0.0.1:${server.port}` }, { connectMs: 60 }));
  expect(error).toMatchObject({ code: 'TIMED_OUT', retry: 'unreachable', details: { kind: 'connectMs' } });
  expect(error.message).toBe(
    `POST https://127.0.0.1:${server.port}/api/generate: no connection within 60 ms (connectMs).`,
  );
  await peerClosed(await accepted);
});

test('a server that says nothing is TIMED_OUT with firstByteMs, and is let go', async () => {
  const server = await start();
  const accepted = server.connection();
  const error = await errorOf(generate(server, { connectMs: 5000, firstByteMs: 60, idleMs: 5000 }));
  expect(error).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'firstByteMs' } });
  expect(error.message).toContain('/api/generate: no first byte of the answer within 60 ms (firstByteMs).');
  await peerClosed(await accepted);
});

test('headers alone do not stop the clock of the first byte', async () => {
  const server = await writing(streamHead);
  const error = await errorOf(generate(server, { firstByteMs: 60, idleMs: 5000 }));
  expect(error.details.kind).toBe('firstByteMs');
});

test('silence between messages is TIMED_OUT with idleMs, with the text so far', async () => {
  const server = await writing(streamHead + chunk(token('Hel')) + chunk(token('lo')));
  const accepted = server.connection();
  const { values, error } = await outcomeOf(generate(server, { idleMs: 60 }));
  expect(values).toHaveLength(2);
  expect(error).toMatchObject({
    code: 'TIMED_OUT',
    retry: 'idle',
    details: { kind: 'idleMs', partial: { text: 'Hello', thinking: '' } },
  });
  expect(error?.message).toContain('the answer fell silent for 60 ms (idleMs).');
  await peerClosed(await accepted);
});

test('an answer that goes on outlives idleMs, but not totalMs', async () => {
  const server = await start((socket) => {
    onRequest(socket, () => {
      socket.write(streamHead);
      const sending = setInterval(() => socket.write(chunk(token('x'))), 5);
      socket.on('close', () => clearInterval(sending));
    });
  });
  const started = performance.now();
  const { values, error } = await outcomeOf(generate(server, { idleMs: 150, totalMs: 400 }));
  expect(error).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'totalMs' } });
  expect(error?.message).toContain('the answer was not complete within 400 ms (totalMs).');
  expect(error?.details.partial?.text).toBe('x'.repeat(values.length));
  expect(performance.now() - started).toBeGreaterThanOrEqual(390);
});

test('an error body that stops half-way is still the error of its status', async () => {
  const server = await start((socket) => {
    onRequest(socket, () => {
      socket.end('HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nserver busy');
    });
  });
  expect(await errorOf(generate(server, {}))).toMatchObject({ code: 'OLLAMA_BUSY', details: { status: 503 } });
});

test('the first byte is waited for from the last piece of an upload on', async () => {
  const bytes = Buffer.alloc(200_000_000);
  const digest = `sha256:${'0'.repeat(64)}`;
  const server = await start((socket) => {
    const taking = setInterval(() => socket.read(), 4); // 64 kB at a time: the whole takes longer than any limit
    socket.pause();
    socket.once('close', () => clearInterval(taking));
    socket.once('readable', () => {
      const head = String(socket.read());
      if (head.startsWith('HEAD')) {
        clearInterval(taking);
        socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      }
    });
  });
  const { values, error } = await outcomeOf(
    createOllama({ baseUrl: server.url, clocks: { firstByteMs: 2000, totalMs: 4000 } }).blobs.upload(bytes, { digest }),
  );
  expect(error).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'totalMs' } });
  expect(values.length).toBeGreaterThan(1);
});

test('0 and a limit too long for a timer are no limits', async () => {
  const server = await start((socket) => {
    onRequest(socket, () =>
      setTimeout(() => socket.write(streamHead + chunk(token('x')) + chunk(final) + endOfChunks), 20),
    );
  });
  const none = { connectMs: 0, firstByteMs: 0, idleMs: 0, totalMs: 0 };
  expect(await valuesOf(generate(server, none))).toHaveLength(2);
  const endless = { connectMs: 1e12, firstByteMs: Number.POSITIVE_INFINITY, idleMs: 2 ** 31, totalMs: 2 ** 40 };
  expect(await valuesOf(generate(server, endless))).toHaveLength(2);
});

test('no clock runs when the answer is over or was given up', async () => {
  const server = await writing(streamHead + chunk(token('x')) + chunk(final) + endOfChunks);
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers(); // jest's own
  const clocks = { connectMs: 30, firstByteMs: 30, idleMs: 30, totalMs: 30 };
  expect((await outcomeOf(generate(server, clocks).pipe(take(1)))).error).toBeUndefined();
  expect((await outcomeOf(generate(server, clocks))).error).toBeUndefined();
  expect(timers()).toBe(before);
});

test('a call given up in its first tick starts no clock on the kept connection it would have used', async () => {
  const server = await writing(streamHead + chunk(final) + endOfChunks);
  const ollama = createOllama({ baseUrl: server.url });
  await valuesOf(ollama.generate(request));
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  ollama.generate(request).subscribe().unsubscribe();
  await peerClosed(server.sockets[0] as NonNullable<(typeof server.sockets)[0]>);
  expect(timers()).toBe(before);
});

test('the defaults are generous with the first byte, and set no total limit', () => {
  expect(defaultClocks).toEqual({ connectMs: 10_000, firstByteMs: 1_800_000, idleMs: 120_000, totalMs: 0 });
});

test('a client with other limits keeps those it is not told, and its connections', async () => {
  const server = await writing(streamHead + chunk(token('Hel')));
  const patient = createOllama({ baseUrl: server.url, clocks: { firstByteMs: 5000, idleMs: 50_000 } });
  const error = await errorOf(patient.withClocks({ totalMs: 5000 }).withClocks({ idleMs: 60 }).generate(request));
  expect(error).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'idleMs' } });

  const whole = await writing(streamHead + chunk(final) + endOfChunks);
  const ollama = createOllama({ baseUrl: whole.url });
  await valuesOf(ollama.generate(request));
  await valuesOf(ollama.withClocks({ idleMs: 1000 }).generate(request));
  expect(whole.sockets).toHaveLength(1);
});
