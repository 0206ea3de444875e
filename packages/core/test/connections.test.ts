import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { forkJoin, lastValueFrom } from 'rxjs';
import { errorOf, valuesOf } from './support/outcome.ts';
import { chunk, endOfChunks, final, jsonAnswer, onRequest, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer, wholeStream } from './support/use-raw-server.ts';

const { start, writing } = useRawServer();

test('streams and single answers one after another share one connection', async () => {
  const server = await start((socket) => {
    onRequest(socket, (text) => socket.write(text.startsWith('GET') ? jsonAnswer({ version: '1' }) : wholeStream));
  });
  const ollama = createOllama({ baseUrl: server.url });
  for (let round = 0; round < 5; round += 1) {
    expect(await valuesOf(ollama.generate(request))).toHaveLength(2);
    expect(await valuesOf(ollama.version())).toEqual([{ version: '1' }]);
  }
  expect(server.sockets).toHaveLength(1);
});

test('a stream whose end comes after its final message gives its connection back too', async () => {
  const server = await start((socket) => {
    onRequest(socket, () => {
      socket.write(streamHead + chunk(final));
      setTimeout(() => socket.write(endOfChunks), 20);
    });
  });
  const ollama = createOllama({ baseUrl: server.url });
  for (let round = 0; round < 3; round += 1) await valuesOf(ollama.generate(request));
  expect(server.sockets).toHaveLength(1);
});

test('an answer whose connection never ends completes all the same, and closes it', async () => {
  const server = await writing(streamHead + chunk(final));
  expect(await valuesOf(createOllama({ baseUrl: server.url }).generate(request))).toHaveLength(1);
  if (!server.sockets[0]?.readableEnded)
    await once(server.sockets[0] as NonNullable<(typeof server.sockets)[0]>, 'end');
});

test('a refusal gives its connection back', async () => {
  const server = await writing(jsonAnswer({ error: "model 'm' not found" }, '404 Not Found'));
  const ollama = createOllama({ baseUrl: server.url });
  for (let round = 0; round < 3; round += 1) {
    expect(await errorOf(ollama.generate(request))).toMatchObject({ code: 'MODEL_NOT_FOUND' });
  }
  expect(server.sockets).toHaveLength(1);
});

test('a kept connection that is reset before any byte is replaced, however many of them were kept', async () => {
  let stale = false;
  const server = await start((socket, index) => {
    onRequest(socket, () => (stale && index < 3 ? socket.resetAndDestroy() : socket.write(wholeStream)));
  });
  const ollama = createOllama({ baseUrl: server.url });
  await lastValueFrom(forkJoin([ollama.generate(request), ollama.generate(request), ollama.generate(request)]));
  expect(server.sockets).toHaveLength(3);
  stale = true;
  expect(await valuesOf(ollama.generate(request))).toHaveLength(2);
  expect(server.sockets).toHaveLength(4);
});

test('a new connection that is reset is not tried again', async () => {
  const server = await start((socket) => onRequest(socket, () => socket.resetAndDestroy()));
  const error = await errorOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
  expect(error.message).toContain(`POST ${server.url}/api/generate: no answer (`);
  expect(server.sockets).toHaveLength(1);
});

test('a kept connection that breaks after the first byte of the answer is not tried again', async () => {
  const server = await start((socket, index) => {
    let count = 0;
    onRequest(socket, () => {
      count += 1;
      if (count === 1) socket.write(wholeStream);
      else socket.write(streamHead + chunk(token('part')), () => socket.destroy());
    });
    expect(index).toBe(0);
  });
  const ollama = createOllama({ baseUrl: server.url });
  await valuesOf(ollama.generate(request));
  const error = await errorOf(ollama.generate(request));
  expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', details: { partial: { text: 'part', thinking: '' } } });
  expect(error.message).toContain('the connection broke in the middle of the answer');
});

test('a port where nobody listens is OLLAMA_UNREACHABLE with the reason', async () => {
  const server = await start();
  await server.close();
  const error = await errorOf(createOllama({ baseUrl: server.url }).tags());
  expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', cause: { code: 'ECONNREFUSED' } });
  expect(error.message).toContain('ECONNREFUSED');
});

test('a server that does not speak HTTP is OLLAMA_UNREACHABLE', async () => {
  const server = await start((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  expect(await errorOf(createOllama({ baseUrl: server.url }).ps())).toMatchObject({ code: 'OLLAMA_UNREACHABLE' });
});

test('close ends the idle connections', async () => {
  const server = await writing(wholeStream);
  const ollama = createOllama({ baseUrl: server.url });
  await valuesOf(ollama.generate(request));
  const [socket] = server.sockets;
  const ended = new Promise((resolve) => socket?.once('end', resolve));
  ollama.close();
  await ended;
});

test('an idle connection does not keep the process alive, a busy one does', async () => {
  // Counts only what keeps the event loop alive: the server's end of each connection, and the client's while it works.
  const alive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  let whileBusy = 0;
  const server = await start((socket) => {
    onRequest(socket, () => {
      whileBusy = alive();
      socket.write(wholeStream);
    });
  });
  while (alive() > 0) await new Promise((resolve) => setImmediate(resolve)); // those of other tests are closing
  await valuesOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(whileBusy).toBe(2);
  expect(server.sockets[0]?.destroyed).toBe(false);
  expect(alive()).toBe(1);
});

test('closing ends a call that waits for its answer on a kept connection, and nothing is sent again', async () => {
  const server = await start((socket) => {
    onRequest(socket, (text) => text.startsWith('GET') && socket.write(jsonAnswer({ version: '1' })));
  });
  const ollama = createOllama({ baseUrl: server.url });
  await valuesOf(ollama.version());
  const asked = new Promise<string>((resolve) => onRequest(server.sockets[0] as Socket, resolve));
  const error = errorOf(ollama.generate(request));
  await asked;
  ollama.close();
  expect((await error).code).toBe('OLLAMA_UNREACHABLE');
  expect(await valuesOf(ollama.version())).toEqual([{ version: '1' }]); // a closed client may be used again
  expect(server.sockets).toHaveLength(2);
});
