import { expect, test } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import type { Observable } from 'rxjs';
import { errorOf, valuesOf } from './support/outcome.ts';
import { chunk, endOfChunks, jsonAnswer, streamHead } from './support/raw-server.ts';
import { useRawServer } from './support/use-raw-server.ts';

const { answering, writing } = useRawServer();

const plain = (body: string, type: string, status = '200 OK'): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

test('me is who is signed in', async () => {
  const user = { id: '0b0e3bd4', email: 'a@example.com', name: 'ada', plan: 'free' };
  expect(await valuesOf((await answering(jsonAnswer(user))).me())).toEqual([user]);
});

test('me of nobody is SIGN_IN_NEEDED with the address to sign in at', async () => {
  const signin_url = 'https://ollama.com/connect?name=box&key=abc';
  const ollama = await answering(jsonAnswer({ error: 'unauthorized', signin_url }, '401 Unauthorized'));
  expect(await errorOf(ollama.me())).toMatchObject({
    code: 'SIGN_IN_NEEDED',
    retryable: false,
    details: { status: 401, kind: 'auth_required', signinUrl: signin_url },
    hint: `Sign in at ${signin_url}`,
  });
});

test('me without the cloud is OLLAMA_UNREACHABLE, and may be tried again', async () => {
  const ollama = await answering(jsonAnswer({ error: 'account unavailable' }, '503 Service Unavailable'));
  expect(await errorOf(ollama.me())).toMatchObject({
    code: 'OLLAMA_UNREACHABLE',
    retry: 'unreachable',
    details: { kind: 'cloud_unreachable' },
  });
});

test.each(['null', '', '{}', ' \n'])('signing out is done when the server says %j', async (body) => {
  const ollama = await answering(plain(body, 'application/json'));
  expect(await valuesOf(ollama.signout())).toEqual([undefined]);
});

test('signing out when nobody is signed in is SIGN_IN_NEEDED', async () => {
  const ollama = await answering(jsonAnswer({ error: 'you are not currently signed in' }, '401 Unauthorized'));
  expect(await errorOf(ollama.signout())).toMatchObject({ code: 'SIGN_IN_NEEDED', details: { status: 401 } });
});

const withoutContent: readonly (readonly [string, (ollama: Ollama) => Observable<undefined>])[] = [
  ['copy', (ollama) => ollama.copy({ source: 'a', destination: 'b' })],
  ['delete', (ollama) => ollama.delete({ model: 'm' })],
  ['signout', (ollama) => ollama.signout()],
];

test.each(withoutContent)('%s that is answered by a sign-in page is LINE_MALFORMED', async (_, call) => {
  const page = plain('<html>Log in</html>', 'text/html');
  const error = await errorOf(call(await answering(page)));
  expect(error).toMatchObject({ code: 'LINE_MALFORMED' });
  expect(error.message).toContain('the answer is not empty: <html>Log in</html>');
});

test.each(withoutContent)('%s that is answered by an error with the status 200 is that error', async (_, call) => {
  const ollama = await answering(jsonAnswer({ error: "model 'm' not found" }));
  expect(await errorOf(call(ollama))).toMatchObject({ code: 'MODEL_NOT_FOUND', details: { kind: 'model_not_found' } });
});

test.each(['7', '"text"', '{"cut":', '[1', 'false'])(
  'a body of %s where none should be is LINE_MALFORMED',
  async (body) => {
    const ollama = await answering(plain(body, 'application/json'));
    expect(await errorOf(ollama.delete({ model: 'm' }))).toMatchObject({ code: 'LINE_MALFORMED' });
  },
);

test('a body that is cut is STREAM_TRUNCATED', async () => {
  const ollama = await answering('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nnu');
  expect(await errorOf(ollama.signout())).toMatchObject({ code: 'STREAM_TRUNCATED' });
});

test('ping says what the server says, and a web page is no answer to it', async () => {
  expect(await valuesOf((await answering(plain('Ollama is running', 'text/plain'))).ping())).toEqual([
    'Ollama is running',
  ]);
  expect(await errorOf((await answering(plain('\n<!doctype html>', 'text/html'))).ping())).toMatchObject({
    code: 'LINE_MALFORMED',
  });
});

test('head completes with the status alone, whatever length is announced', async () => {
  const server = await writing('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n\r\n');
  const ollama = createOllama({ baseUrl: server.url });
  expect(await valuesOf(ollama.head())).toEqual([undefined]);
  expect(await valuesOf(ollama.head('/api/tags'))).toEqual([undefined]);
  expect(server.sockets).toHaveLength(1);
});

test('head of a server that refuses is the error of its status', async () => {
  const ollama = await answering('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  expect(await errorOf(ollama.head())).toMatchObject({ code: 'FORBIDDEN', details: { status: 403 } });
});

test('a route that an older server does not know is ROUTE_NOT_FOUND', async () => {
  const calls: readonly ((ollama: Ollama) => Observable<object>)[] = [
    (ollama) => ollama.status(),
    (ollama) => ollama.modelRecommendations(),
    (ollama) => ollama.webSearch({ query: 'q' }),
  ];
  for (const call of calls) {
    const ollama = await answering(plain('404 page not found', 'text/plain', '404 Not Found'));
    expect(await errorOf(call(ollama))).toMatchObject({ code: 'ROUTE_NOT_FOUND' });
  }
});

test('the web tools give what the server found, and FORBIDDEN where the cloud is switched off', async () => {
  const found = { results: [{ title: 't', url: 'https://h/', content: 'c' }] };
  expect(await valuesOf((await answering(jsonAnswer(found))).webSearch({ query: 'q' }))).toEqual([found]);
  const page = { title: 't', content: 'c', links: ['https://h/2'] };
  expect(await valuesOf((await answering(jsonAnswer(page))).webFetch({ url: 'https://h/' }))).toEqual([page]);
  const off = { error: 'ollama cloud is disabled: web search is unavailable' };
  const ollama = await answering(jsonAnswer(off, '403 Forbidden'));
  expect(await errorOf(ollama.webSearch({ query: 'q' }))).toMatchObject({
    code: 'FORBIDDEN',
    details: { kind: 'cloud_disabled' },
  });
});

test.each([
  ['push', (ollama: Ollama) => ollama.push({ model: 'm' })],
  ['create', (ollama: Ollama) => ollama.create({ model: 'm', from: 'n' })],
  ['pull', (ollama: Ollama) => ollama.pull({ model: 'm' })],
] as const)('%s that ends without the row `success` is STREAM_TRUNCATED', async (_, call) => {
  const ollama = await answering(streamHead + chunk('{"status":"writing manifest"}\n') + endOfChunks);
  expect(await errorOf(call(ollama))).toMatchObject({ code: 'STREAM_TRUNCATED' });
});

test('a model that is named in the old way is named in the hint too', async () => {
  const ollama = await answering(jsonAnswer({ error: "model 'm' not found" }, '404 Not Found'));
  expect((await errorOf(ollama.show({ name: 'm' }))).hint).toContain('`ollama pull m`');
});
