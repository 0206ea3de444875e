import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { errorStatus } from '../src/http/error-status.ts';
import { nightly, sceneOf } from './support/http-scene.ts';

jest.setTimeout(120_000);

const page = await readFile(new URL('../../../docs/api.md', import.meta.url), 'utf8');

interface Block {
  readonly language: string;
  readonly code: string;
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', code = '']) => ({
  language,
  code,
}));

const files = {
  'reviews.yaml': `name: reviews
model: m
inputs: { tone: { type: string, default: plain } }
each: { from: rows.csv, key: "\${row.id}" }
steps: { say: { generate: "\${inputs.tone}: \${row.text}", retry: 0 } }
save: { to: out.jsonl, fields: { say: "\${say}" } }
`,
  'rows.csv': `id,text\n${Array.from({ length: 20 }, (_, index) => `r${index + 1},text ${index + 1}\n`).join('')}`,
  'nightly.yaml': nightly,
};

/** Runs a block as a user does; a `curl` that is refused fails it. Gives what the last command has said. */
async function shell(code: string, url: string): Promise<string> {
  const quiet =
    'curl() { command curl --silent --show-error --fail-with-body "$@" > "$out" || { cat "$out" >&2; exit 1; }; }';
  const script = `out=$(mktemp)\nurl=${url}\n${quiet}\n${code}\ncat "$out"; rm "$out"`;
  return (await promisify(execFile)('sh', ['-e', '-c', script], { maxBuffer: 1e8 })).stdout;
}

/** Whether a value has all that an example has, of the same types. */
function hasShapeOf(example: unknown, value: unknown, path: string): void {
  expect({ path, type: kindOf(value) }).toEqual({ path, type: kindOf(example) });
  if (Array.isArray(example)) {
    if (example.length > 0) hasShapeOf(example[0], (value as unknown[])[0], `${path}[0]`);
  } else if (typeof example === 'object' && example !== null) {
    for (const [key, part] of Object.entries(example))
      hasShapeOf(part, (value as Record<string, unknown>)[key], `${path}.${key}`);
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

test('every example of the page is answered as it says, by a server with a real run', async () => {
  let isSlow = true;
  const { server, get, daemon } = await sceneOf({
    files,
    host: {
      faults: ({ body }) =>
        /text 20$/.test((body as { prompt?: string } | undefined)?.prompt ?? '')
          ? { kind: 'status', status: 400, body: { error: 'no' } }
          : undefined,
      // Slow enough to be cancelled.
      answer: async ({ lastText }) => {
        for (let waits = 0; isSlow && waits < 100; waits++) await new Promise((resolve) => setTimeout(resolve, 20));
        return `Thank you for ${lastText}.`;
      },
    },
  });
  const settled = async (): Promise<void> => {
    const { body } = await get('/api/runs?status=running');
    for (const { id } of body.runs) await get(`/api/runs/${id}/events`);
  };
  let answer = '';
  let ran = 0;
  for (const { language, code } of blocks) {
    if (language === 'json' && !code.includes('"error": {'))
      hasShapeOf(JSON.parse(code), JSON.parse(answer), code.slice(0, 60));
    if (language !== 'sh') continue;
    for (const command of code.replace(/^url=.*\n/, '').split(/(?<!\\)\n(?=curl )/)) {
      answer = await shell(command, server.url);
      ran += 1;
      // What was cancelled goes on, and nothing that follows is to hit a run in work.
      if (command.includes('/cancel')) isSlow = false;
      if (/\/(resume|retry)/.test(command)) await settled();
    }
  }
  expect(ran).toBe([...page.matchAll(/^curl /gm)].length - 1); // the one with a token is another server's
  expect(daemon.state()).toBe('serving');
});

test('the page names every route, and shows each', async () => {
  const { server } = await sceneOf();
  const shown = blocks
    .filter(({ language }) => language === 'sh')
    .map(({ code }) => code)
    .join('\n');
  for (const route of server.routes) {
    const [, path = ''] = route.split(' ');
    const pattern = path.replace('*', 'reviews.yaml').replace(':id', 'last').replace(':key', 'r1');
    expect({ route, isShown: shown.includes(`$url${pattern}`) }).toEqual({ route, isShown: true });
  }
});

test('the page has a status for each code as the server has', () => {
  const table = page.slice(page.indexOf('## Errors'), page.indexOf('## Who may ask'));
  for (const line of table.split('\n').filter((one) => /^\| \d/.test(one))) {
    const [, statuses = '', codes = ''] = line.split('|');
    for (const [, code = ''] of codes.matchAll(/`([A-Z_]+)`/g)) {
      if (code === 'INTERNAL' || !Object.hasOwn(errorStatus, code)) continue;
      // A wrong word has its own status where it is a page that is not there.
      if (code === 'USAGE_INVALID' || code === 'REQUEST_REFUSED') continue;
      expect([code, statuses.trim().split(', ')]).toEqual([
        code,
        expect.arrayContaining([String(errorStatus[code as keyof typeof errorStatus])]),
      ]);
    }
  }
});
