import {
  loadTranscript,
  type ReplayRequest,
  type ReplayServer,
  startReplayServer,
  type Transcript,
} from '@millrace/testing';

/** An answer of one JSON value to a route of which no recording exists. */
const made = (method: string, path: string, value: unknown): Transcript => ({
  name: `${method} ${path}`,
  request: { method, path },
  response: {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', connection: 'close' },
    lines: [JSON.stringify(value)],
    finalNewline: false,
    ended: 'complete',
  },
  server: 'none',
});

const page = { title: 'Millrace', url: 'https://example.com', content: 'A channel.' };

/** Whether an answer is one to a request of this body. */
type Fits = (body: Record<string, unknown>) => boolean;

/** Where several answer a route, the first that fits the request does. */
const choices: readonly (readonly [transcript: Transcript, fits?: Fits | undefined])[] = [
  ...(
    [
      ['generate-stream', ({ options }) => options !== undefined], // ends with `length`
      ['thinking-format-generate-stream', ({ format }) => format !== undefined],
      ['generate-stop'],
      ['tools-one-stream', ({ tools }) => tools !== undefined],
      ['chat-multi-turn', ({ stream }) => stream === false],
      ['thinking-chat-true-stream'],
      ['minilm-embed-array'],
      ['minilm-embeddings-legacy'],
      ['tags'],
      ['ps-loaded'],
      ['show'],
      ['pull-stream'],
      ['push-stream'],
      ['create-nonstream'],
      ['blob-head-404'],
      ['blob-post-201'],
      ['copy-200'],
      ['delete-200'],
      ['root-get'],
      ['version-head'],
      ['version'],
      ['status'],
    ] as readonly (readonly [string, Fits?])[]
  ).map(([name, fits]) => [loadTranscript(name), fits] as const),
  [made('POST', '/api/me', { id: '1', email: 'ada@example.com', name: 'ada' })],
  [made('POST', '/api/signout', null)],
  [made('POST', '/api/experimental/web_search', { results: [page] })],
  [made('POST', '/api/experimental/web_fetch', page)],
  [
    made('GET', '/api/experimental/model-recommendations', {
      recommendations: [{ model: 'gemma3:4b', description: 'Small and able' }],
    }),
  ],
];

const routeOf = ({ method, path }: { method: string; path: string }): string =>
  `${method} ${path.replace(/(?<=^\/api\/blobs\/).*/, '')}`;

/** A server that answers what the examples of the README ask, whatever the model and the words. */
export const startReadmeServer = (): Promise<ReplayServer> =>
  startReplayServer({
    transcripts: choices.map(([transcript]) => transcript),
    match: (request: ReplayRequest, transcript) => {
      const fitting = choices.find(
        ([one, fits]) =>
          routeOf(one.request) === routeOf(request) &&
          (fits?.((request.body ?? {}) as Record<string, unknown>) ?? true),
      );
      return fitting?.[0] === transcript;
    },
  });
