import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  bytesOf,
  loadTranscript,
  loadTranscripts,
  type RecordedServer,
  type ReplayServer,
  type ReplayServerOptions,
  standIn,
  startReplayServer,
  type Transcript,
} from '@millrace/testing';
import { rawExchange } from './raw-exchange.ts';

const opened: ReplayServer[] = [];

async function start(options: ReplayServerOptions): Promise<ReplayServer> {
  const server = await startReplayServer(options);
  opened.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
});

function bodyOf({ request }: Transcript): string | undefined {
  if (request.rawBody !== undefined) return request.rawBody;
  return request.body === undefined || request.body === null ? undefined : JSON.stringify(request.body);
}

function ask(server: ReplayServer, transcript: Transcript, headers: Readonly<Record<string, string>> = {}) {
  const { method, path, headers: recorded } = transcript.request;
  return rawExchange(server.url, { method, path, headers: { ...recorded, ...headers }, body: bodyOf(transcript) });
}

function post(server: ReplayServer, path: string, body: unknown): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
}

describe.each<RecordedServer>(['0.24', '0.32'])('every exchange of %s', (version) => {
  const transcripts = loadTranscripts({ server: version });

  it('comes back with the recorded status, headers and bytes', async () => {
    const server = await start({ transcripts });
    for (const one of transcripts) {
      const answer = await ask(server, one, { 'x-transcript': one.name });
      const { 'content-length': _length, ...headers } = one.response.headers;
      expect({ name: one.name, status: answer.status, body: answer.body }).toEqual({
        name: one.name,
        status: one.response.status,
        body: bytesOf(one),
      });
      expect(answer.headers).toMatchObject(headers);
      expect(Object.keys(answer.headers)).toEqual(Object.keys(one.response.headers));
      expect(answer.terminated).toBe(one.response.ended === 'complete');
    }
    expect(server.unmatched).toEqual([]);
  });

  it('comes back in chunks of the recorded sizes', async () => {
    const chunked = transcripts.filter((one) => sum(one.response.chunkBytes ?? []) === bytesOf(one).length);
    const streams = chunked.filter((one) => one.response.chunkBytes);
    const server = await start({ transcripts });
    for (const one of streams) {
      const answer = await ask(server, one, { 'x-transcript': one.name });
      expect(answer.chunkSizes).toEqual(one.response.chunkBytes);
    }
    expect(streams.length).toBeGreaterThan(60);
  });

  it('is found by its request alone, except where the same request was recorded twice', async () => {
    const server = await start({ transcripts });
    for (const one of transcripts) await ask(server, one);
    const missed = transcripts.filter((one, index) => server.requests[index]?.transcript !== one.name);
    expect(server.unmatched).toEqual([]);
    expect(new Set(missed.map((one) => one.request.path.replace(/sha256:.*/, '')))).toEqual(
      new Set(['/api/blobs/', '/api/ps', '/api/pull', '/api/tags']),
    );
  });

  it('arrives whole when every byte is a chunk of its own', async () => {
    const stream = loadTranscript('generate-stream-unicode', version);
    const server = await start({ transcripts: [stream], cut: 1 });
    const answer = await ask(server, stream);
    expect(answer.body).toEqual(bytesOf(stream));
    expect(new Set(answer.chunkSizes)).toEqual(new Set([1]));
  });
});

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

describe('a cut', () => {
  it.each([2, 3, 7, 100, 1_000_000])('of %d bytes applies to bodies with a content-length too', async (cut) => {
    const plain = loadTranscript('version');
    const server = await start({ transcripts: [plain], cut });
    const answer = await ask(server, plain);
    expect(answer.body).toEqual(bytesOf(plain));
    expect(answer.chunkSizes).toHaveLength(Math.ceil(bytesOf(plain).length / cut));
  });

  it('leaves an answer without a body alone', async () => {
    const head = loadTranscript('root-head');
    const server = await start({ transcripts: [head], cut: 1 });
    expect((await ask(server, head)).headers).toEqual(head.response.headers);
  });
});

describe('matching', () => {
  const stream = loadTranscript('generate-stream');
  const other = { ...(stream.request.body as object), prompt: 'Something else.' };

  it('does not depend on the order of keys or on blanks in the JSON', async () => {
    const server = await start({ transcripts: [stream] });
    const reversed = Object.fromEntries(Object.entries(stream.request.body as object).reverse());
    const response = await fetch(`${server.url}/api/generate`, {
      method: 'POST',
      body: JSON.stringify(reversed, null, 2),
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytesOf(stream));
  });

  it('answers what it does not know with 404 and keeps it', async () => {
    const server = await start({ transcripts: [stream] });
    const response = await post(server, '/api/generate', other);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "model 'gemma3:270m' not found" });
    expect(await (await fetch(`${server.url}/nowhere`)).text()).toBe('404 page not found');
    expect(server.unmatched.map((one) => one.path)).toEqual(['/api/generate', '/nowhere']);
    expect(server.unmatched[0]?.body).toEqual(other);
  });

  it('can be relaxed to path and model, or be a function', async () => {
    const byModel = await start({ transcripts: [stream], match: 'path-and-model' });
    expect((await post(byModel, '/api/generate', other)).status).toBe(200);
    expect((await post(byModel, '/api/generate', { ...other, model: 'x' })).status).toBe(404);
    const byFunction = await start({ transcripts: [stream], match: (request) => request.path === '/any' });
    expect((await post(byFunction, '/any', {})).status).toBe(200);
  });

  it('prefers a transcript recorded with the headers of the request', async () => {
    const server = await start({
      transcripts: loadTranscripts({ server: '0.32', names: ['generate-load', 'cors-forbidden-origin'] }),
    });
    const load = { method: 'POST', path: '/api/generate', body: '{"model":"gemma3:270m"}' };
    expect((await rawExchange(server.url, { ...load, headers: { Origin: 'http://evil.example' } })).status).toBe(403);
    expect((await rawExchange(server.url, load)).status).toBe(200);
  });
});

describe('standing in for a real server', () => {
  const options = { transcripts: loadTranscripts({ server: '0.32' }), wildcard: standIn };
  const model = 'gemma3:270m';

  it.each(['root-get:/', 'version:/api/version', 'tags:/api/tags', 'ps-loaded:/api/ps'])('answers %s', async (pair) => {
    const [name = '', path = ''] = pair.split(':');
    const server = await start(options);
    const response = await fetch(server.url + path);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytesOf(loadTranscript(name)));
  });

  it.each([
    ['/api/show', { model }, 'show'],
    ['/api/generate', { model, prompt: 'Anything.', truncate: false }, 'generate-stream'],
    ['/api/generate', { model, prompt: 'Anything.', stream: false }, 'generate-nonstream'],
    ['/api/generate', { model, options: { num_ctx: 4096 } }, 'generate-load'],
    ['/api/generate', { model, prompt: '', keep_alive: 0 }, 'generate-unload'],
    ['/api/chat', { model, messages: [{ role: 'user', content: 'Hm.' }] }, 'chat-stream'],
    ['/api/chat', { model, messages: [{ role: 'user', content: 'Hm.' }], stream: false }, 'chat-nonstream'],
    ['/api/chat', { model, messages: [] }, 'chat-load'],
  ])('answers POST %s %j with %s', async (path, body, name) => {
    const server = await start(options);
    const response = await post(server, path, body);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytesOf(loadTranscript(name)));
  });

  it('still knows the recorded requests, and no other model', async () => {
    const server = await start(options);
    const stop = loadTranscript('generate-stop');
    expect((await ask(server, stop)).body).toEqual(bytesOf(stop));
    expect((await post(server, '/api/generate', { model: 'llama9', prompt: 'Anything.' })).status).toBe(404);
  });
});

describe('an exchange that broke off', () => {
  const broken = loadTranscript('client-disconnects-midstream');

  it('ends without its last chunk', async () => {
    const server = await start({ transcripts: [broken] });
    const outgoing = request(`${server.url}/api/generate`, { method: 'POST', agent: false });
    const [incoming] = (await once(outgoing.end(JSON.stringify(broken.request.body)), 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    const reading = (async () => {
      for await (const part of incoming) parts.push(part as Buffer);
    })();
    await expect(reading).rejects.toThrow('aborted');
    expect(Buffer.concat(parts)).toEqual(bytesOf(broken));
  });

  it('can be held open until the client leaves', async () => {
    const server = await start({ transcripts: [broken], unfinished: 'hold' });
    const response = await post(server, '/api/generate', broken.request.body);
    const reader = response.body?.getReader();
    let seen = 0;
    while (seen < bytesOf(broken).length) seen += (await reader?.read())?.value?.length ?? 0;
    const next = await Promise.race([reader?.read(), new Promise((resolve) => setTimeout(resolve, 50, 'still open'))]);
    expect(next).toBe('still open');
    await reader?.cancel();
  });
});

it('keeps the recorded pace when asked', async () => {
  const stream = loadTranscript('midstream-runner-killed-generate');
  const server = await start({ transcripts: [stream], pace: 1 });
  const startedAt = performance.now();
  const answer = await ask(server, stream);
  expect(answer.body).toEqual(bytesOf(stream));
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual((stream.response.chunkSeconds?.at(-1) ?? 0) * 1000 - 5);
});

it('ends open connections at once on close', async () => {
  const server = await startReplayServer({ transcripts: [] });
  const socket = connect(server.port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  const gone = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await Promise.all([server.close(), gone]);
  await server.close();
});

describe('a page of another origin', () => {
  it('may read what was recorded, and is asked before it sends', async () => {
    const server = await startReplayServer({ transcripts: loadTranscripts({ server: '0.32', names: ['version'] }) });
    const headers = { Origin: 'http://localhost:3000', Connection: 'close' };
    const asked = { ...headers, 'Access-Control-Request-Headers': 'x-transcript' };
    const preflight = await rawExchange(server.url, { method: 'OPTIONS', path: '/api/version', headers: asked });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'access-control-allow-headers': 'x-transcript',
    });
    const answer = await rawExchange(server.url, { method: 'GET', path: '/api/version', headers });
    expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(server.requests).toHaveLength(1);
    await server.close();
  });
});
