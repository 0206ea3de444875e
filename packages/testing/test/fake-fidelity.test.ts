import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  bytesOf,
  type FakeOllama,
  loadTranscript,
  loadTranscripts,
  startFakeOllama,
  type Transcript,
} from '@millrace/testing';
import { type RawAnswer, rawExchange } from './raw-exchange.ts';

const paths = [
  '/',
  '/api/version',
  '/api/tags',
  '/api/ps',
  '/api/show',
  '/api/generate',
  '/api/chat',
  '/api/embed',
  '/api/pull',
  '/api/nope',
];

/** Exchanges the fake cannot repeat, since what happened there was no matter of the request or is not played. */
const notPlayed = [
  /logprobs/, // no logprobs
  /debug-render/,
  /^generate-bad-template$/, // no templates
  /too-long(-stream)?$/, // another tokenizer; tested with the fake's own below
  /^midstream-/, // the runner was killed
  /^runner-killed/,
  /^queue-full-503$/,
  /^pull-(no-network|not-insecure|refused)/, // no network of its own
  /^tools-/, // the models were scripted to call or not to call
  /^client-disconnects/,
  /^pull-(again|corrupt)/, // depend on what was pulled before
  /^thinking-absent/, // that model did not think this time
  /^thinking-native-generate-nonstream$/, // that model thinks aloud
];

const text = (name: string, ...more: string[]) => ({ name, capabilities: ['completion', ...more] });

let fake: FakeOllama;

beforeAll(async () => {
  fake = await startFakeOllama({
    models: [
      { name: 'gemma3:270m', defaultContext: 2048 },
      'gemma3-sys',
      'gemma3-copy',
      { name: 'all-minilm', capabilities: ['embedding'], contextLength: 512, embeddingLength: 384 },
      text('scripted-think', 'thinking'),
      text('scripted-think-tools', 'thinking', 'tools'),
      text('scripted-qwen3', 'thinking', 'tools'),
      text('scripted-native', 'thinking', 'tools'),
    ],
    pullable: ['localhost:5055/lab/gemma3:270m'],
  });
});

afterAll(() => fake.close());

function replayTo(url: string, { request }: Transcript): Promise<RawAnswer> {
  const json = request.body === undefined || request.body === null ? '' : JSON.stringify(request.body);
  const { method, path, headers, rawBody } = request;
  return rawExchange(url, { method, path, headers: { ...headers, Connection: 'close' }, body: rawBody ?? json });
}

const played = loadTranscripts({ server: '0.32' }).filter(
  ({ name, request }) => paths.includes(request.path) && !notPlayed.some((one) => one.test(name)),
);

describe('what a real 0.32 server was asked, asked of the fake', () => {
  it('is most of what was recorded on its paths', () => {
    expect(played.length).toBeGreaterThan(130);
  });

  it.each(played.map((one) => [one.name, one] as const))(
    '%s: same status, type and keys, or same error',
    async (_name, one) => {
      const answer = await replayTo(fake.url, one);
      const { response } = one;
      expect(answer.status).toBe(response.status);
      expect(answer.headers['content-type']).toBe(response.headers['content-type']);
      expect(answer.headers.allow).toBe(response.headers.allow);
      expect(corsOf(answer.headers)).toEqual(corsOf(response.headers));
      const recorded = bytesOf(one).toString().replace('registry.example', 'registry.ollama.ai');
      if (response.status >= 400 || !recorded.startsWith('{')) expect(answer.body.toString()).toBe(recorded);
      else if (one.request.path !== '/api/show') expect(keysOf(answer.body.toString())).toEqual(keysOf(recorded));
    },
  );

  it('shows what a real server shows of a model', async () => {
    const show = loadTranscript('show');
    const [row] = rowsOf((await replayTo(fake.url, show)).body.toString());
    expect(Object.keys(row ?? {})).toEqual(Object.keys(rowsOf(bytesOf(show).toString())[0] ?? {}));
  });

  it('lists models and loaded ones with the keys of a real server', async () => {
    await rawExchange(fake.url, {
      method: 'POST',
      path: '/api/generate',
      headers: { Connection: 'close' },
      body: '{"model":"gemma3:270m"}',
    });
    for (const name of ['tags', 'ps-loaded']) {
      const [row] = rowsOf((await replayTo(fake.url, loadTranscript(name))).body.toString());
      const [real] = rowsOf(bytesOf(loadTranscript(name)).toString());
      const [model] = (row?.models ?? []) as [{ details: object }];
      const [recorded] = (real?.models ?? []) as [{ details: object }];
      expect(Object.keys(model)).toEqual(Object.keys(recorded));
      expect(Object.keys(model.details)).toEqual(Object.keys(recorded.details));
    }
  });
});

const corsOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'));

type Row = Record<string, unknown> & { message?: object };

function rowsOf(body: string): Row[] {
  return body
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
}

/** The sets of keys that occur, of rows and of their messages. */
function keysOf(body: string): string[] {
  const rows = rowsOf(body);
  const own = rows.map((row) => `row ${Object.keys(row).sort().join()}`);
  const inner = rows.flatMap((row) => (row.message ? [`message ${Object.keys(row.message).sort().join()}`] : []));
  return [...new Set([...own, ...inner])].sort();
}
