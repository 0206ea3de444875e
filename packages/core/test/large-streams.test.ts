import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { forkJoin, lastValueFrom, map, reduce, toArray } from 'rxjs';
import { chunk, endOfChunks, final, onRequest, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { start } = useRawServer();

test('a stream of 50 MB is read in constant memory', async () => {
  const line = `${JSON.stringify({ model: 'm', response: 'x', done: false, padding: 'y'.repeat(900) })}\n`;
  const piece = chunk(line.repeat(100));
  const pieces = Math.ceil(50_000_000 / piece.length);
  const server = await start((socket) => {
    onRequest(socket, () => {
      let sent = 0;
      socket.write(streamHead);
      const send = (): void => {
        while (sent < pieces && socket.write(piece)) sent += 1;
        if (sent < pieces)
          sent += 1; // the write that was told to wait was taken
        else socket.end(chunk(final) + endOfChunks);
      };
      socket.on('drain', send);
      send();
    });
  });
  // Heap and buffers after a collection: neither bytes nor lines nor messages may pile up.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  let most = 0;
  const count = createOllama({ baseUrl: server.url })
    .generate(request)
    .pipe(
      reduce((seen) => {
        if (seen % 5000 === 0) most = Math.max(most, used() - before);
        return seen + 1;
      }, 0),
    );
  expect(await lastValueFrom(count)).toBeGreaterThan(50_000);
  expect(most).toBeLessThan(25_000_000);
});

test('200 streams at once each keep their own text', async () => {
  const server = await start((socket) => {
    onRequest(socket, (text) => {
      const { prompt } = JSON.parse(text.slice(text.indexOf('\r\n\r\n')));
      let left = 20;
      socket.write(streamHead);
      const send = (): void => {
        left -= 1;
        socket.write(chunk(token(`${prompt} `)));
        if (left > 0) setImmediate(send);
        else socket.write(chunk(final) + endOfChunks);
      };
      send();
    });
  });
  const ollama = createOllama({ baseUrl: server.url });
  const prompts = Array.from({ length: 200 }, (_, index) => `row ${index}`);
  const textOf = (prompt: string) =>
    ollama.generate({ model: 'm', prompt }).pipe(
      map(({ response }) => response),
      toArray(),
      map((pieces) => pieces.join('')),
    );
  const texts = await lastValueFrom(forkJoin(prompts.map(textOf)));
  expect(texts).toEqual(prompts.map((prompt) => `${prompt} `.repeat(20)));
});

test('a final message of 5 MB is an answer', async () => {
  const context = Array.from({ length: 1_000_000 }, (_, index) => index % 100_000);
  const last = `${JSON.stringify({ model: 'm', response: '', done: true, context })}\n`;
  expect(last.length).toBeGreaterThan(5_000_000);
  const server = await start((socket) => {
    onRequest(socket, () => socket.end(streamHead + chunk(token('x')) + chunk(last) + endOfChunks));
  });
  const messages = await lastValueFrom(createOllama({ baseUrl: server.url }).generate(request).pipe(toArray()));
  expect(messages.at(-1)?.context).toHaveLength(1_000_000);
});
