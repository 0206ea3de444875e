import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createOllama, type GenerateRequest } from '@millrace/core';
import { errorOf, valuesOf } from './support/outcome.ts';
import { jsonAnswer, onRequest, type RawServer, startRawServer } from './support/raw-server.ts';

let server: RawServer;
let received: string[] = [];
beforeAll(async () => {
  server = await startRawServer((socket) => {
    onRequest(socket, (request) => {
      received.push(request);
      socket.write(jsonAnswer({ model: 'm', done: true, status: 'success', models: [] }));
    });
  });
});
afterAll(() => server.close());

interface Received {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function last(): Received {
  const [head = '', body = ''] = (received.at(-1) ?? '').split('\r\n\r\n');
  const [line = '', ...rest] = head.split('\r\n');
  const headers = Object.fromEntries(
    rest.map((header) =>
      header
        .toLowerCase()
        .split(/: (.*)/s)
        .slice(0, 2),
    ),
  );
  return { line, headers, body };
}

test('a request is never changed, and one that says stream: false is streamed all the same', async () => {
  const request = Object.freeze({ model: 'm', prompt: 'p', stream: false });
  await valuesOf(createOllama({ baseUrl: server.url }).generate(request as GenerateRequest));
  expect(JSON.parse(last().body)).toEqual({ model: 'm', prompt: 'p', stream: true });
  expect(request).toEqual({ model: 'm', prompt: 'p', stream: false });
});

test('own headers are sent, and win over the client’s', async () => {
  const headers = { authorization: 'Bearer k', 'Content-Type': 'text/plain' };
  await valuesOf(createOllama({ baseUrl: server.url, headers }).generate({ model: 'm' }));
  expect(last().headers).toMatchObject({ authorization: 'bearer k', 'content-type': 'text/plain' });
  expect(last().headers['content-length']).toBe(String(Buffer.byteLength(last().body)));
});

test('a path in the base URL is a prefix, with or without its trailing slash', async () => {
  for (const prefix of ['/ollama', '/ollama/', '/ollama//']) {
    const ollama = createOllama({ baseUrl: server.url + prefix });
    await valuesOf(ollama.version());
    expect(last().line).toBe('GET /ollama/api/version HTTP/1.1');
    expect(ollama.baseUrl).toBe(`${server.url}/ollama`);
  }
});

test('name and password of the base URL are sent and never shown', async () => {
  const ollama = createOllama({ baseUrl: server.url.replace('http://', 'http://me:s%40cret@') });
  await valuesOf(ollama.version());
  expect(last().headers.authorization).toBe(`basic ${Buffer.from('me:s@cret').toString('base64').toLowerCase()}`);
  expect(ollama.baseUrl).toBe(server.url);
  const closed = await startRawServer();
  await closed.close();
  const error = await errorOf(createOllama({ baseUrl: `http://me:secret@127.0.0.1:${closed.port}` }).version());
  expect(error.message).not.toContain('secret');
});

test('a request that cannot be written is BAD_REQUEST, and nothing is sent', async () => {
  received = [];
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  const ollama = createOllama({ baseUrl: server.url });
  const error = await errorOf(ollama.generate({ model: 'm', format: cyclic }));
  expect(error).toMatchObject({ code: 'BAD_REQUEST', retryable: false, cause: expect.any(TypeError) });
  const split = createOllama({ baseUrl: server.url, headers: { authorization: 'Bearer a\r\nb' } });
  const header = await errorOf(split.version());
  expect(header).toMatchObject({ code: 'BAD_REQUEST' });
  expect(header.message).toContain('authorization');
  expect(header.message).not.toContain('Bearer');
  const half = createOllama({ baseUrl: server.url.replace('http://', 'http://50%:x@') });
  expect(await errorOf(half.version())).toMatchObject({ code: 'BAD_REQUEST' });
  expect(received).toEqual([]);
});

test.each(['', 'localhost:11434', 'ftp://h', 'http://', '127.0.0.1'])('`%s` is refused as a base URL', (baseUrl) => {
  expect(() => createOllama({ baseUrl })).toThrow(
    expect.objectContaining({
      code: 'OLLAMA_UNREACHABLE',
      retryable: false,
      message: expect.stringContaining(baseUrl),
    }),
  );
});

test('an explicit undefined is an absent option', async () => {
  const ollama = createOllama({
    baseUrl: server.url,
    headers: undefined,
    clocks: { idleMs: undefined },
    maxLineBytes: undefined,
  });
  expect(await valuesOf(ollama.tags())).toHaveLength(1);
  expect(createOllama({ baseUrl: undefined }).baseUrl).toBe('http://127.0.0.1:11434');
});
