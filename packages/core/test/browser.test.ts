import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  type FakeOllama,
  type FakeOllamaOptions,
  loadTranscripts,
  startFakeOllama,
  startReplayServer,
} from '@millrace/testing';
import type { Job } from './browser/page.ts';
import { startBlobServer } from './support/blob-server.ts';
import { bytesOfPage } from './support/bytes-of-page.ts';
import { places, type TestPage } from './support/open-page.ts';

const request = { model: 'gemma3:270m', prompt: 'Why is the sky blue?' };
const endless = { answerTokens: 100_000, tokenMs: 2 };

jest.setTimeout(120_000); // starting a browser may take long

describe.each(places)('in %s', (_, open) => {
  let page: TestPage;
  const fakes: FakeOllama[] = [];
  beforeAll(async () => {
    page = await open();
  });
  afterAll(() => page.close());
  afterEach(async () => {
    for (const fake of fakes.splice(0)) await fake.close();
  });
  const start = async (options?: FakeOllamaOptions): Promise<FakeOllama> => {
    const fake = await startFakeOllama(options);
    fakes.push(fake);
    return fake;
  };
  const generate = ({ url }: { readonly url: string }, more: Partial<Job> = {}): Job => ({
    call: 'generate',
    request,
    ...more,
    options: { baseUrl: url, ...more.options },
  });
  const isAborted = (fake: FakeOllama): boolean => fake.aborted === 1 && fake.inFlight === 0;
  /** Preflights aside. */
  const isAsked = (fake: FakeOllama): boolean => fake.requests.some(({ method }) => method === 'POST');

  test('generate streams its messages up to the final one, and folds into an answer', async () => {
    const fake = await start({ answer: () => ({ text: 'It is höt 😀.' }) });
    const { values, error } = await page.run(generate(fake));
    expect(error).toBeUndefined();
    expect(values.length).toBeGreaterThan(2);
    expect(values.at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
    const whole = await page.run(generate(fake, { through: 'answer' }));
    expect(whole.values).toMatchObject([{ content: 'It is höt 😀.', doneReason: 'stop' }]);
  });

  test('chat streams thinking, text and tool calls, and text() keeps the text', async () => {
    const model = { name: 'thinker', capabilities: ['completion', 'thinking', 'tools'] };
    const fake = await start({ models: [model], answer: () => ({ thinking: 'Hm.', text: 'Well then.' }) });
    const job: Job = {
      call: 'chat',
      request: { model: 'thinker', messages: [{ role: 'user', content: 'Hi' }] },
      options: { baseUrl: fake.url },
    };
    expect((await page.run({ ...job, through: 'answer' })).values).toMatchObject([
      { thinking: 'Hm.', content: 'Well then.' },
    ]);
    expect((await page.run({ ...job, through: 'text' })).values.join('')).toBe('Well then.');
  });

  test('json() gives the value of an answer', async () => {
    const fake = await start({ answer: () => ({ text: '{"mood":"good"}' }) });
    expect(await page.run(generate(fake, { through: 'json' }))).toEqual({ values: [{ mood: 'good' }] });
  });

  test('embed, tags, ps, version, ping, head and show give one value each', async () => {
    const fake = await start({ models: ['gemma3:270m', { name: 'all-minilm', capabilities: ['embedding'] }] });
    const options = { baseUrl: `${fake.url}/` };
    const one = async (call: Job['call'], body?: unknown): Promise<unknown> => {
      const { values, error } = await page.run({ call, request: body, options });
      expect({ error, count: values.length }).toEqual({ error: undefined, count: 1 });
      return values[0];
    };
    expect(await one('embed', { model: 'all-minilm', input: ['a', 'b'] })).toMatchObject({
      embeddings: [expect.any(Array), expect.any(Array)],
    });
    expect(await one('tags')).toMatchObject({ models: [{ name: 'all-minilm:latest' }, { name: 'gemma3:270m' }] });
    expect(await one('ps')).toMatchObject({ models: [{}] });
    expect(await one('version')).toEqual({ version: '0.32.15' });
    expect(await one('ping')).toBe('Ollama is running');
    expect(await one('head', '/api/tags')).toBeNull(); // undefined, through JSON
    expect(await one('show', { model: 'gemma3:270m' })).toMatchObject({ capabilities: ['completion'] });
  });

  test('pull reports its rows up to success', async () => {
    const fake = await start({ pullable: [{ name: 'new', layers: [100, 50] }] });
    const { values, error } = await page.run({
      call: 'pull',
      request: { model: 'new' },
      options: { baseUrl: fake.url },
    });
    expect(error).toBeUndefined();
    expect(values[0]).toEqual({ status: 'pulling manifest' });
    expect(values.at(-1)).toEqual({ status: 'success' });
  });

  test('name and password of the base URL go out as in Node, and own headers win over them', async () => {
    const server = await startReplayServer({ transcripts: loadTranscripts({ server: '0.32', names: ['version'] }) });
    const baseUrl = server.url.replace('http://', 'http://me:p%C3%A4ss@');
    const headers = { Authorization: 'Bearer key' };
    expect((await page.run({ call: 'version', options: { baseUrl } })).error).toBeUndefined();
    expect((await page.run({ call: 'version', options: { baseUrl, headers } })).error).toBeUndefined();
    expect(server.requests.map((one) => one.headers.authorization)).toEqual([
      `Basic ${Buffer.from('me:päss').toString('base64')}`,
      'Bearer key',
    ]);
    await server.close();
  });

  test('a request that cannot be written is BAD_REQUEST', async () => {
    const wrong = [{ 'x-one': 'a\nb' }, { 'x-one': 'é…' }, { 'x-é': 'a' }].map((headers) => ({ headers }));
    for (const options of [{ baseUrl: 'http://me:%E0@127.0.0.1:1' }, ...wrong]) {
      const { error } = await page.run({ call: 'version', options });
      expect(error).toMatchObject({ code: 'BAD_REQUEST' });
      expect(error?.message).toContain('the request cannot be written');
    }
  });

  test('a model that is missing is MODEL_NOT_FOUND with its status', async () => {
    const { error } = await page.run(generate(await start({ models: [] })));
    expect(error).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      hint: 'Run `ollama pull gemma3:270m`, or check the name.',
      details: { status: 404, kind: 'model_not_found' },
    });
  });

  test('a full queue is OLLAMA_BUSY, and an empty 403 FORBIDDEN', async () => {
    const fake = await start({
      faults: [
        { kind: 'status', status: 503 },
        { kind: 'status', status: 403, body: '' },
      ],
    });
    expect((await page.run(generate(fake))).error).toMatchObject({ code: 'OLLAMA_BUSY', retry: 'busy' });
    expect((await page.run(generate(fake))).error).toMatchObject({ code: 'FORBIDDEN', details: { status: 403 } });
  });

  test('the pause that a refusal asks for is known where the server shows it', async () => {
    const headers = { 'retry-after': '7', 'access-control-expose-headers': 'Retry-After' };
    const fake = await start({ faults: [{ kind: 'status', status: 429, body: { error: 'no' }, headers }] });
    expect((await page.run(generate(fake))).error).toMatchObject({
      code: 'OLLAMA_BUSY',
      details: { status: 429, retryAfterMs: 7000 },
    });
  });

  test('a redirect is not followed', async () => {
    const fake = await start({
      faults: [{ kind: 'status', status: 307, body: '', headers: { location: '/api/tags' } }],
    });
    const { error } = await page.run(generate(fake));
    expect(error).toMatchObject({ code: 'ROUTE_NOT_FOUND', retry: null, details: { kind: 'redirected' } });
    expect(fake.requests.some(({ path }) => path === '/api/tags')).toBe(false);
  });

  test('an error line ends the stream with its kind and the text so far', async () => {
    const fake = await start({ faults: [{ kind: 'error-line', afterTokens: 2 }], tokenMs: 1 });
    const { values, error } = await page.run(generate(fake));
    expect(values).toHaveLength(2);
    expect(error).toMatchObject({ code: 'RUNNER_CRASHED', retry: 'crashed', details: { partial: { thinking: '' } } });
    const text = (values as { response: string }[]).map(({ response }) => response).join('');
    expect(error).toMatchObject({ details: { partial: { text } } });
  });

  test.each(['cut', 'reset', 'end-early'] as const)('a stream that ends by %s is STREAM_TRUNCATED', async (kind) => {
    const fake = await start({ faults: [{ kind, afterTokens: 3 }], tokenMs: 30 });
    const { values, error } = await page.run(generate(fake));
    expect(error).toMatchObject({ code: 'STREAM_TRUNCATED', retry: 'cut' });
    // What arrives together with the end of a connection, a browser may drop; nothing else.
    expect(values.length).toBeGreaterThanOrEqual(2);
    const text = (values as { response: string }[]).map(({ response }) => response).join('');
    expect(error).toMatchObject({ details: { partial: { text } } });
  });

  test('a line that is not JSON, and one that is too long, are errors', async () => {
    const fake = await start({ faults: [{ kind: 'garbage', afterTokens: 1 }] });
    expect((await page.run(generate(fake))).error).toMatchObject({ code: 'LINE_MALFORMED' });
    const short = { options: { baseUrl: fake.url, maxLineBytes: 20 } };
    expect((await page.run(generate(fake, short))).error).toMatchObject({ code: 'LINE_TOO_LONG' });
    expect((await page.run({ call: 'tags', ...short })).error).toMatchObject({ code: 'LINE_TOO_LONG' });
  });

  test('unsubscribing before the headers is seen by the server', async () => {
    const fake = await start({ faults: [{ kind: 'stall' }] });
    await page.start('waiting', generate(fake));
    await fake.waitFor(isAsked);
    await page.stop('waiting');
    await fake.waitFor(isAborted);
    expect(await page.resultOf('waiting')).toEqual({ values: [] });
  });

  test('unsubscribing in mid-stream is seen by the server, and nothing is emitted after it', async () => {
    const fake = await start(endless);
    await page.start('talking', generate(fake));
    await fake.waitFor((now) =>
      now.requests.some(({ method, events }) => method === 'POST' && events.some(({ type }) => type === 'firstByte')),
    );
    await page.stop('talking');
    const { values } = await page.resultOf('talking');
    await fake.waitFor(isAborted);
    expect(await page.resultOf('talking')).toEqual({ values });
  });

  test('close ends the calls that run; they fail, and the client goes on', async () => {
    const fake = await start({ faults: [{ kind: 'stall' }] });
    await page.start('closed', generate(fake));
    await fake.waitFor(isAsked);
    await page.closeClient('closed');
    await fake.waitFor(isAborted);
    expect((await page.resultOf('closed')).error).toMatchObject({
      code: 'OLLAMA_UNREACHABLE',
      cause: 'Error: the client was closed',
    });
  });

  test('the clocks end a call as in Node, and let the server go', async () => {
    const fake = await start({ ...endless, faults: [{ kind: 'stall' }, { kind: 'stall', afterTokens: 2 }, undefined] });
    const timedOut = async (clocks: object, kind: string, message: string): Promise<void> => {
      const { values, error } = await page.run(generate(fake, { options: { baseUrl: fake.url, clocks } }));
      expect(error).toMatchObject({ code: 'TIMED_OUT', retry: 'idle', details: { kind } });
      expect(error?.message).toContain(message);
      const text = (values as { response: string }[]).map(({ response }) => response).join('');
      if (values.length > 0) expect(error).toMatchObject({ details: { partial: { text } } });
    };
    await timedOut({ firstByteMs: 150 }, 'firstByteMs', 'no first byte of the answer within 150 ms (firstByteMs).');
    await timedOut({ idleMs: 300 }, 'idleMs', 'the answer fell silent for 300 ms (idleMs).');
    await timedOut({ totalMs: 400 }, 'totalMs', 'the answer was not complete within 400 ms (totalMs).');
    await fake.waitFor(({ aborted, inFlight }) => aborted === 3 && inFlight === 0);
  });

  test('where nobody answers, the error names OLLAMA_ORIGINS with the origin of the page', async () => {
    const fake = await startFakeOllama();
    await fake.close();
    const { error } = await page.run(generate(fake));
    expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
    expect(error?.message).toMatch(/\/api\/generate: no answer \(.+\)\.$/);
    expect(error?.hint).toContain(`OLLAMA_ORIGINS=${page.origin} `);
  });

  test('an answer that the page may not read is OLLAMA_UNREACHABLE too', async () => {
    const server = await startBlobServer(); // knows no CORS
    const { error } = await page.run({ call: 'tags', options: { baseUrl: server.url } });
    await server.close();
    expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE' });
    expect(error?.hint).toContain('(CORS)');
  });

  test('a base URL may be a path of the page', async () => {
    const { error } = await page.run({ call: 'version', options: { baseUrl: '/ollama' } });
    expect(error?.message).toContain(`GET ${page.origin}/ollama/api/version`);
  });

  test('a proxy, own certificates and what is no URL are refused', async () => {
    for (const options of [{ proxy: 'http://p:1' }, { tls: {} }, { baseUrl: 'localhost:11434' }]) {
      expect((await page.run({ call: 'tags', options })).error).toMatchObject({
        code: 'OLLAMA_UNREACHABLE',
        retry: null,
      });
    }
  });

  test.each(['array', 'blob'] as const)('an image of bytes given as %s becomes base64', async (as) => {
    const { options } = generate({ url: 'http://127.0.0.1:1' });
    for (const length of [0, 1, 2, 3, 100_000]) {
      const { values } = await page.run({ call: 'image', bytes: { length, as }, options });
      expect(values).toEqual([bytesOfPage(length).toString('base64')]);
    }
  });

  test('an image is sent with its request, and a path is refused', async () => {
    const fake = await start({ models: [{ name: 'seer', capabilities: ['completion', 'vision'] }] });
    const see = (images: readonly unknown[]): Promise<unknown> =>
      page.run(generate(fake, { request: { model: 'seer', prompt: 'What is it?', images } }));
    await see(['data:image/png;base64,AAEC']);
    expect(fake.requests.at(-1)?.body).toMatchObject({ images: ['AAEC'] });
    const refused = (await see([{ path: '/etc/passwd' }])) as { readonly error: object };
    expect(refused.error).toMatchObject({ code: 'BAD_REQUEST' });
    expect(JSON.stringify(refused.error)).toContain('a browser reads no file by its path, such as `/etc/passwd`');
  });
});
