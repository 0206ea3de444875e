import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';
import { chunk, endOfChunks, final, jsonAnswer, onRequest, pour, streamHead, token } from './support/raw-server.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { start, writing, answering } = useRawServer();

const plain = (status: string, body: string, type = 'text/html'): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test('a proxy’s HTML page is shown without its markup, on one line', async () => {
  const page = '<html><style>p { color: red }</style><h1>502 Bad\n Gateway</h1><hr>nginx</html>';
  const ollama = await answering(plain('502 Bad Gateway', page));
  const error = await errorOf(ollama.generate(request));
  expect(error).toMatchObject({
    code: 'OLLAMA_UNREACHABLE',
    retry: 'unreachable',
    details: { status: 502, serverMessage: page },
  });
  expect(error.message).toBe(`POST ${ollama.baseUrl}/api/generate answered 502: 502 Bad Gateway nginx`);
});

test('a plain-text error keeps its words', async () => {
  const ollama = await answering(plain('404 Not Found', '404 page not found', 'text/plain'));
  const error = await errorOf(ollama.ps());
  expect(error).toMatchObject({ code: 'ROUTE_NOT_FOUND', details: { kind: 'route_not_found' } });
  expect(error.message).toBe(`GET ${ollama.baseUrl}/api/ps answered 404: 404 page not found`);
});

test('an empty error body is an error by its status', async () => {
  const ollama = await answering(plain('403 Forbidden', ''));
  const error = await errorOf(ollama.version());
  expect(error).toMatchObject({ code: 'FORBIDDEN', retryable: false });
  expect(error.message).toBe(`GET ${ollama.baseUrl}/api/version answered 403 without a word.`);
});

test('an endless error page is read no further than it helps', async () => {
  function* page(): Generator<string> {
    yield 'HTTP/1.1 500 Oops\r\ntransfer-encoding: chunked\r\n\r\n';
    for (;;) yield chunk('x'.repeat(60_000));
  }
  const server = await start((socket) => onRequest(socket, () => pour(socket, page())));
  const error = await errorOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(error).toMatchObject({ code: 'SERVER_ERROR', details: { status: 500 } });
  expect(error.message.length).toBeLessThan(700);
});

test('a redirect is not followed, and named', async () => {
  const head = 'HTTP/1.1 308 Permanent Redirect\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n';
  const server = await writing(head);
  const error = await errorOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(error).toMatchObject({
    code: 'ROUTE_NOT_FOUND',
    retryable: false,
    details: { kind: 'redirected', status: 308 },
  });
  expect(error.message).toContain('it moved to https://elsewhere.example/');
  expect(server.sockets).toHaveLength(1);
});

test('a missing model names the command that gets it', async () => {
  const answer = jsonAnswer({ error: "model 'm' not found" }, '404 Not Found');
  expect((await errorOf((await answering(answer)).generate(request))).hint).toContain('`ollama pull m`');
});

test('an overflow carries how much was needed and how much there is', async () => {
  const inner = {
    error: {
      code: 400,
      message: 'request (10 tokens) exceeds the available context size (4 tokens), try increasing it',
      type: 'exceed_context_size_error',
      n_prompt_tokens: 10,
      n_ctx: 4,
    },
  };
  const answer = jsonAnswer({ error: JSON.stringify(inner) }, '400 Bad Request');
  const error = await errorOf((await answering(answer)).generate(request));
  expect(error).toMatchObject({
    code: 'CONTEXT_OVERFLOW',
    details: { needed: 10, limit: 4, serverMessage: inner.error.message },
  });
});

test('a sign-in that is needed carries where', async () => {
  const answer = jsonAnswer(
    { error: 'unauthorized', signin_url: 'https://ollama.com/connect?k=1' },
    '401 Unauthorized',
  );
  const error = await errorOf((await answering(answer)).generate(request));
  expect(error).toMatchObject({ code: 'SIGN_IN_NEEDED', details: { signinUrl: 'https://ollama.com/connect?k=1' } });
  expect(error.hint).toContain('https://ollama.com/connect?k=1');
});

test('a sign-in page that answers 200 is LINE_MALFORMED, from a stream and from a single answer', async () => {
  const page = plain('200 OK', '<html>Log in</html>');
  expect(await errorOf((await answering(page)).generate(request))).toMatchObject({ code: 'LINE_MALFORMED' });
  expect(await errorOf((await answering(page)).tags())).toMatchObject({ code: 'LINE_MALFORMED' });
});

test.each([
  ['an empty answer', plain('200 OK', '', 'application/json')],
  ['an answer shorter than its content-length', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"models":[]}'],
  ['a cut answer without a length', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"models":['],
])('%s to a single call is STREAM_TRUNCATED', async (_, answer) => {
  const ollama = await answering(answer);
  const { values, error } = await outcomeOf(ollama.tags());
  expect(values).toEqual([]);
  expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', retry: 'cut' });
  expect(error?.message).toContain(`GET ${ollama.baseUrl}/api/tags`);
});

test('a single answer in many lines is one value', async () => {
  const body = JSON.stringify({ models: [] }, null, 2);
  expect(await valuesOf((await answering(plain('200 OK', body))).tags())).toEqual([{ models: [] }]);
});

test('a single answer beyond maxLineBytes is LINE_TOO_LONG', async () => {
  const server = await start((socket) =>
    onRequest(socket, () => socket.write(jsonAnswer({ embeddings: [[1, 2, 3]] }))),
  );
  const embed = (maxLineBytes: number) =>
    createOllama({ baseUrl: server.url, maxLineBytes }).embed({ model: 'm', input: 'x' });
  expect(await errorOf(embed(10))).toMatchObject({ code: 'LINE_TOO_LONG' });
  expect(await valuesOf(embed(24))).toHaveLength(1);
});

test('a stream that ends without its final message is STREAM_TRUNCATED with its text', async () => {
  const answer = streamHead + chunk(token('Hel')) + chunk(token('lo')) + endOfChunks;
  const { values, error } = await outcomeOf((await answering(answer)).generate(request));
  expect(values).toHaveLength(2);
  expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', details: { partial: { text: 'Hello', thinking: '' } } });
});

test('a progress stream that ends without success is STREAM_TRUNCATED', async () => {
  const answer = streamHead + chunk('{"status":"pulling manifest"}\n') + endOfChunks;
  expect(await errorOf((await answering(answer)).pull({ model: 'm' }))).toMatchObject({ code: 'STREAM_TRUNCATED' });
});

test('a final message and an end in pieces of one byte are an answer', async () => {
  const text = token('é€😀') + final;
  const server = await start((socket) => {
    socket.setNoDelay(true);
    onRequest(socket, () => {
      const bytes = Buffer.from(streamHead + chunk(text) + endOfChunks);
      const send = (at: number): void => {
        if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => send(at + 1));
      };
      send(0);
    });
  });
  const values = await valuesOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(values.map(({ response }) => response)).toEqual(['é€😀', '']);
});

test('a rendered prompt is one message, though it does not say done', async () => {
  const rendered = { model: 'm', created_at: '', response: '', done: false, _debug_info: { rendered_template: 'p' } };
  const ollama = await answering(jsonAnswer(rendered));
  expect(await valuesOf(ollama.generate({ ...request, _debug_render_only: true }))).toEqual([rendered]);
});
