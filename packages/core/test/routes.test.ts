import { expect, test } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import { type Observable, toArray } from 'rxjs';
import { valuesOf } from './support/outcome.ts';
import { jsonAnswer } from './support/raw-server.ts';
import { useRawServer } from './support/use-raw-server.ts';

const { writing } = useRawServer();

const digest = `sha256:${'0'.repeat(64)}`;
const sha256OfHello = 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const turn = { role: 'user', content: 'é' } as const;
const options = { num_ctx: 4096 };

/** The routes of a server under `/api`, and `/`, as its source lists them; those of OpenAI's and Anthropic's shapes are not meant. */
const routes: readonly (readonly [
  route: string,
  call: (ollama: Ollama) => Observable<unknown>,
  body: object | string | null,
])[] = [
  ['GET /', (ollama) => ollama.ping(), null],
  ['HEAD /', (ollama) => ollama.head(), null],
  ['GET /api/version', (ollama) => ollama.version(), null],
  ['HEAD /api/version', (ollama) => ollama.head('/api/version'), null],
  ['GET /api/status', (ollama) => ollama.status(), null],
  [
    'POST /api/generate',
    (ollama) => ollama.generate({ model: 'm', prompt: 'p', truncate: false, options }),
    { model: 'm', prompt: 'p', truncate: false, options, stream: true },
  ],
  [
    'POST /api/chat',
    (ollama) => ollama.chat({ model: 'm', messages: [turn] }),
    { model: 'm', messages: [turn], stream: true },
  ],
  [
    'POST /api/embed',
    (ollama) => ollama.embed({ model: 'm', input: ['a', ''], dimensions: 2 }),
    { model: 'm', input: ['a', ''], dimensions: 2 },
  ],
  ['POST /api/embeddings', (ollama) => ollama.embeddings({ model: 'm', prompt: 'a' }), { model: 'm', prompt: 'a' }],
  ['GET /api/tags', (ollama) => ollama.tags(), null],
  ['HEAD /api/tags', (ollama) => ollama.head('/api/tags'), null],
  ['GET /api/ps', (ollama) => ollama.ps(), null],
  ['POST /api/show', (ollama) => ollama.show({ model: 'm', verbose: true }), { model: 'm', verbose: true }],
  [
    'POST /api/create',
    (ollama) => ollama.create({ model: 'm', files: { 'm.gguf': digest }, parameters: options }),
    { model: 'm', files: { 'm.gguf': digest }, parameters: options, stream: true },
  ],
  ['POST /api/copy', (ollama) => ollama.copy({ source: 'm', destination: 'n' }), { source: 'm', destination: 'n' }],
  ['DELETE /api/delete', (ollama) => ollama.delete({ model: 'm' }), { model: 'm' }],
  [
    'POST /api/pull',
    (ollama) => ollama.pull({ model: 'm', insecure: true }),
    { model: 'm', insecure: true, stream: true },
  ],
  [
    'POST /api/push',
    (ollama) => ollama.push({ model: 'm', insecure: true }),
    { model: 'm', insecure: true, stream: true },
  ],
  [`HEAD /api/blobs/${digest}`, (ollama) => ollama.blobs.exists(digest), null],
  [`POST /api/blobs/${sha256OfHello}`, (ollama) => ollama.blobs.upload(Buffer.from('hello')), 'hello'],
  ['POST /api/me', (ollama) => ollama.me(), null],
  ['POST /api/signout', (ollama) => ollama.signout(), null],
  ['DELETE /api/user/keys/a%2Fb', (ollama) => ollama.signout({ key: 'a/b' }), null],
  [
    'POST /api/experimental/web_search',
    (ollama) => ollama.webSearch({ query: 'q', max_results: 3 }),
    { query: 'q', max_results: 3 },
  ],
  ['POST /api/experimental/web_fetch', (ollama) => ollama.webFetch({ url: 'https://h/' }), { url: 'https://h/' }],
  ['GET /api/experimental/model-recommendations', (ollama) => ollama.modelRecommendations(), null],
];

const notFound = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n';
const noBody = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const plain = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n\r\nOllama is running';

function answerTo(request: string): string {
  if (request.startsWith('HEAD /api/blobs/')) return notFound;
  if (request.startsWith('HEAD')) return noBody;
  return request.startsWith('GET / ') ? plain : jsonAnswer({ done: true, status: 'success' });
}

function readBody(request: string): unknown {
  const body = request.slice(request.indexOf('\r\n\r\n') + 4);
  if (body === '') return null;
  return /content-type: application\/json/i.test(request) ? JSON.parse(body) : body;
}

test.each(routes)('%s has a method that sends exactly that', async (route, call, body) => {
  const received: string[] = [];
  const { url } = await writing((request) => {
    received.push(request);
    return answerTo(request);
  });
  await valuesOf(call(createOllama({ baseUrl: url })).pipe(toArray()));
  const last = received.at(-1) ?? '';
  expect(last.split('\r\n')[0]).toBe(`${route} HTTP/1.1`);
  expect(readBody(last)).toEqual(body);
  // Only the upload of a blob asks before it sends.
  const heads = route.startsWith('POST /api/blobs/') ? [`HEAD /api/blobs/${sha256OfHello} HTTP/1.1`] : [];
  expect(received.slice(0, -1).map((one) => one.split('\r\n')[0])).toEqual(heads);
});

test('every method of a client is the method of a route', () => {
  const source = routes.map(([, call]) => String(call)).join('\n');
  const { baseUrl, close, withClocks, blobs, ...methods } = createOllama();
  const names = [...Object.keys(methods), ...Object.keys(blobs).map((name) => `blobs.${name}`)];
  expect(names.filter((name) => !source.includes(`ollama.${name}(`))).toEqual([]);
});

test.each([
  ['pull', (ollama: Ollama) => ollama.pull({ name: 'm' })],
  ['push', (ollama: Ollama) => ollama.push({ name: 'm' })],
  ['create', (ollama: Ollama) => ollama.create({ name: 'm', from: 'n' })],
  ['delete', (ollama: Ollama) => ollama.delete({ name: 'm' })],
  ['show', (ollama: Ollama) => ollama.show({ name: 'm' })],
] as const)('%s takes the model as `name`, and as one of the two only', async (_, call) => {
  const received: string[] = [];
  const { url } = await writing((request) => {
    received.push(request);
    return jsonAnswer({ status: 'success' });
  });
  await valuesOf<unknown>(call(createOllama({ baseUrl: url })));
  expect(readBody(received[0] ?? '')).toMatchObject({ name: 'm' });
  expect(readBody(received[0] ?? '')).not.toHaveProperty('model');
  // @ts-expect-error a request has `model` or `name`, not both
  createOllama().show({ model: 'm', name: 'n' });
  // @ts-expect-error nor neither
  createOllama().pull({});
});
