import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { firstValueFrom, type Subscription } from 'rxjs';
import { chunk, onRequest, peerClosed, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { start, writing } = useRawServer();

test('unsubscribing in the tick of subscribing closes the connection without a request', async () => {
  const server = await start();
  const received: Buffer[] = [];
  const accepted = server.connection();
  createOllama({ baseUrl: server.url }).generate(request).subscribe().unsubscribe();
  const socket = await accepted;
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  await peerClosed(socket);
  expect(Buffer.concat(received).toString()).toBe('');
});

test('unsubscribing while the connection is made closes it', async () => {
  // A server that takes the TCP connection and never answers the TLS greeting keeps a client connecting.
  const server = await start();
  const accepted = server.connection();
  const subscription = createOllama({ baseUrl: `https://127.0.0.1:${server.port}` })
    .generate(request)
    .subscribe();
  const socket = await accepted;
  await once(socket, 'data');
  subscription.unsubscribe();
  await peerClosed(socket);
});

test('unsubscribing before the headers closes the connection', async () => {
  const server = await start();
  const accepted = server.connection();
  const subscription = createOllama({ baseUrl: server.url }).chat({ model: 'm', messages: [] }).subscribe();
  const socket = await accepted;
  await new Promise<string>((resolve) => onRequest(socket, resolve));
  subscription.unsubscribe();
  await peerClosed(socket);
});

test('unsubscribing in mid-stream closes the connection, and nothing is emitted after it', async () => {
  const server = await writing(streamHead + chunk(token('one') + token('two')));
  const seen: string[] = [];
  const accepted = server.connection();
  const subscription: Subscription = createOllama({ baseUrl: server.url })
    .generate(request)
    .subscribe(({ response }) => {
      seen.push(response);
      subscription.unsubscribe();
    });
  await peerClosed(await accepted);
  expect(seen).toEqual(['one']);
});

test('taking the first message is a cancel of the rest', async () => {
  const server = await writing(streamHead + chunk(token('one')));
  const accepted = server.connection();
  const first = firstValueFrom(createOllama({ baseUrl: server.url }).generate(request));
  const socket = await accepted;
  expect((await first).response).toBe('one');
  await peerClosed(socket);
});

test('unsubscribing while an error body arrives closes the connection', async () => {
  const server = await writing('HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n{"error":');
  const accepted = server.connection();
  const subscription = createOllama({ baseUrl: server.url })
    .generate(request)
    .subscribe({ error: () => {} });
  const socket = await accepted;
  await new Promise<string>((resolve) => onRequest(socket, resolve));
  subscription.unsubscribe();
  await peerClosed(socket);
});

test('unsubscribing from one call leaves the others alone', async () => {
  const server = await writing(streamHead + chunk(token('one')));
  const ollama = createOllama({ baseUrl: server.url });
  const kept: string[] = [];
  const errors: unknown[] = [];
  const keptFirst = new Promise<void>((resolve) => {
    ollama.generate(request).subscribe({
      next: ({ response }) => {
        kept.push(response);
        resolve();
      },
      error: (error) => errors.push(error),
    });
  });
  await keptFirst;
  const [keptSocket] = server.sockets;
  await firstValueFrom(ollama.generate(request));
  await peerClosed(server.sockets[1] as (typeof server.sockets)[number]);
  const next = new Promise<void>((resolve) => {
    const check = setInterval(() => kept.length === 2 && resolve(clearInterval(check)), 1);
  });
  keptSocket?.write(chunk(token('two')));
  await next;
  expect(kept).toEqual(['one', 'two']);
  expect(errors).toEqual([]);
});

test('nothing is sent before subscribing, and each subscription is a request of its own', async () => {
  const server = await writing(streamHead + chunk(token('one')));
  const answer$ = createOllama({ baseUrl: server.url }).generate(request);
  await new Promise((resolve) => setImmediate(resolve));
  expect(server.sockets).toHaveLength(0);
  await firstValueFrom(answer$);
  await firstValueFrom(answer$);
  expect(server.sockets).toHaveLength(2);
});

test('unsubscribing from an upload while the server is asked for the blob closes the connection', async () => {
  const server = await start();
  const accepted = server.connection();
  const upload = createOllama({ baseUrl: server.url }).blobs.upload(Buffer.from('hello')).subscribe();
  const socket = await accepted;
  const asked = await new Promise<string>((resolve) => onRequest(socket, resolve));
  expect(asked).toMatch(/^HEAD \/api\/blobs\/sha256:/);
  upload.unsubscribe();
  await peerClosed(socket);
  expect(server.sockets).toHaveLength(1);
});
