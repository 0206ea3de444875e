import { expect, test } from '@jest/globals';
import { answer, createOllama } from '@millrace/core';
import { forkJoin, ignoreElements, lastValueFrom, map, tap, toArray } from 'rxjs';
import { long } from './support/long.ts';
import { startMemoryGauge } from './support/memory-gauge.ts';
import { errorOf } from './support/outcome.ts';
import { chunk, endOfChunks, final, onRequest, peerClosed, pour, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { start } = useRawServer();

const megabytes = long ? 200 : 50;

/** What is kept of a text for an error, in characters. */
const kept = 8 * 1024 * 1024;

test(`a stream of ${megabytes} MB of text is read in constant memory, and breaks with the first of it`, async () => {
  const words = 'Why – one asks – is the sky blue? '.repeat(30); // the dash makes each character take two bytes
  const lines = token(words).repeat(100);
  const total = Math.ceil((megabytes * 1e6) / words.length / 100);
  function* pieces(): Generator<string> {
    yield streamHead;
    for (let sent = 0; sent < total; sent += 1) yield chunk(lines);
    yield endOfChunks;
  }
  const server = await start((socket) => onRequest(socket, () => pour(socket, pieces())));
  const gauge = startMemoryGauge();
  let characters = 0;
  let seen = 0;
  const error = await errorOf(
    createOllama({ baseUrl: server.url })
      .generate(request)
      .pipe(
        tap(({ response }) => {
          characters += response.length;
          seen += 1;
          if (seen % 5000 === 0) gauge.look();
        }),
        ignoreElements(),
      ),
  );
  expect(characters).toBeGreaterThanOrEqual(megabytes * 1e6);
  expect(gauge.most()).toBeLessThan(2 * kept + 4_000_000);
  expect(error.code).toBe('STREAM_TRUNCATED');
  const { text = '', thinking } = error.details.partial ?? {};
  expect({ length: text.length, thinking }).toEqual({ length: kept, thinking: '' });
  expect(words.repeat(Math.ceil(kept / words.length)).startsWith(text)).toBe(true);
}, 60_000);

test('answer() returns all of a text that is longer than what errors keep', async () => {
  const words = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
  const count = Math.ceil((1.5 * kept) / words.length);
  function* pieces(): Generator<string> {
    yield streamHead;
    for (let sent = 0; sent < count; sent += 1) yield chunk(token(words));
    yield chunk(final) + endOfChunks;
  }
  const server = await start((socket) => onRequest(socket, () => pour(socket, pieces())));
  const { content } = await lastValueFrom(createOllama({ baseUrl: server.url }).generate(request).pipe(answer()));
  expect(content.length).toBe(count * words.length);
  expect(content === words.repeat(count)).toBe(true);
});

test('a line that never ends is refused at the limit, with the text before it, and the connection closed', async () => {
  const maxLineBytes = 3_000_000;
  const piece = chunk('x'.repeat(60_000));
  let written = 0;
  function* pieces(): Generator<string> {
    yield streamHead + chunk(token('before')) + chunk('{"response":"');
    for (;;) {
      written += piece.length;
      yield piece;
    }
  }
  const server = await start((socket) => onRequest(socket, () => pour(socket, pieces())));
  const accepted = server.connection();
  const error = await errorOf(createOllama({ baseUrl: server.url, maxLineBytes }).generate(request));
  expect(error).toMatchObject({
    code: 'LINE_TOO_LONG',
    retryable: false,
    details: { partial: { text: 'before', thinking: '' } },
  });
  expect(error.message).toContain('line 2 is longer than 3000000 bytes (maxLineBytes)');
  await peerClosed(await accepted);
  expect(written).toBeGreaterThan(maxLineBytes);
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
