import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOllama, serverErrorKinds, serverErrorTable } from '@millrace/core';
import type { ReplayServer } from '@millrace/testing';
import { startReadmeServer } from './support/readme-server.ts';
import { runExample } from './support/run-example.ts';

/** A fenced block of the README, and the heading it stands under. */
interface Block {
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks: readonly Block[] = readme.split(/^(?=#+ )/m).flatMap((section) =>
  [...section.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', code = '']) => ({
    heading: /^#+ (.*)/.exec(section)?.[1] ?? '',
    language,
    code,
  })),
);
const ofLanguage = (language: string): Block[] => blocks.filter((block) => block.language === language);
const titled = (list: readonly Block[]) => list.map((block, index) => [index + 1, block.heading, block.code] as const);

let server: ReplayServer;
let folder: string;
beforeAll(async () => {
  server = await startReadmeServer();
  folder = await mkdtemp(join(tmpdir(), 'millrace-readme-'));
  await writeFile(join(folder, 'cat.png'), 'not really');
  await writeFile(join(folder, 'model.gguf'), 'GGUF');
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** The requests that an example made, each answered by a recording. */
async function requestsOf(run: () => Promise<unknown>) {
  const before = server.requests.length;
  await run();
  expect(server.unmatched.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  return server.requests.slice(before).map(({ method, path, body }) => ({ method, path, body }));
}

const here = (code: string): string =>
  code
    .replaceAll(/http:\/\/(127\.0\.0\.1|gpu-\d):11434/g, server.url)
    .replace(/'(cat\.png|model\.gguf)'(?!:)/g, (_, name: string) => JSON.stringify(join(folder, name)));

/** The examples that talk to no server. */
const silent = ['The server'];

describe('TypeScript examples', () => {
  test.each(titled(ofLanguage('ts')))(
    'block %i, under %s, runs to its end and says something',
    async (_, heading, code) => {
      let output: readonly string[] = [];
      const requests = await requestsOf(async () => {
        output = await runExample(here(code), server.url);
      });
      expect(output.join('')).not.toBe('');
      expect(output.join('')).not.toMatch(/undefined|NaN/);
      expect(requests.length > 0).toBe(!silent.includes(heading));
    },
  );
});

describe('JavaScript examples with fetch', () => {
  test.each(titled(ofLanguage('js')))('block %i, under %s, runs to its end and says something', async (_, __, code) => {
    expect((await runExample(here(code), server.url)).join('')).not.toBe('');
  });
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What the calls of curl in a block send. */
function curlRequests(code: string): Request[] {
  const commands = code.matchAll(/^curl( -I)?( -X (\w+))? http:\/\/127\.0\.0\.1:11434(\S*)(?: -d '([^']*)')?$/gm);
  return [...commands].map(([, head, , method, path = '', data]) => ({
    method: head ? 'HEAD' : (method ?? (data === undefined ? 'GET' : 'POST')),
    path,
    body: data === undefined ? undefined : JSON.parse(data),
  }));
}

test.each(titled(ofLanguage('sh')))('curl block %i, under %s, asks what the server answers', async (_, __, code) => {
  const requests = curlRequests(code);
  expect(requests).toHaveLength(code.match(/^curl/gm)?.length ?? -1);
  for (const { method, path, body } of requests) {
    const response = await fetch(server.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    await response.arrayBuffer();
    expect([path, response.status < 300 || method === 'HEAD']).toEqual([path, true]);
  }
  expect(server.unmatched).toEqual([]);
});

/** What a Python example sends: its URL, and its `json=`, which is written so that it is JSON too. */
function pythonRequest(code: string): Request {
  const [, path = '', json = ''] =
    /requests\.post\(\s*"http:\/\/127\.0\.0\.1:11434(.*?)",\s*json=(.*),$/m.exec(code) ?? [];
  return { method: 'POST', path, body: JSON.parse(json) };
}

const withoutStream = ({ body, ...rest }: Request): Request => {
  const { stream: _, ...fields } = body as { stream?: boolean };
  return { ...rest, body: fields };
};

test.each(['generate', 'chat'])('curl, Python, fetch and the observable of %s send the same', async (heading) => {
  const [sh, python, js, ts] = ['sh', 'python', 'js', 'ts'].map(
    (language) => ofLanguage(language).find((block) => block.heading === heading)?.code ?? '',
  ) as [string, string, string, string];
  const sent = [
    ...curlRequests(sh),
    pythonRequest(python),
    ...(await requestsOf(() => runExample(here(js), server.url))),
    ...(await requestsOf(() => runExample(here(ts), server.url))),
  ].map(withoutStream);
  expect(sent).toHaveLength(4);
  for (const one of sent) expect(one).toEqual(sent[0]);
});

test('the table of errors lists every kind with its code, and its word of `retry:` where an entry can be retried', () => {
  const listed = [...readme.matchAll(/^\| `([A-Z_]+)` +\| (.*) \|$/gm)].flatMap(([, code, kinds = '']) =>
    [...kinds.matchAll(/`([a-z_]+)`(?: \((\w+)\))?/g)].map(([, kind, retry]) => ({ kind, code, retry: retry ?? null })),
  );
  const isRetried = (kind: string): boolean => serverErrorTable.some((one) => one.kind === kind && one.retryable);
  const known = Object.entries(serverErrorKinds).map(([kind, { code, retry }]) => ({
    kind,
    code,
    retry: isRetried(kind) ? retry : null,
  }));
  const byKind = (one: { kind: string | undefined }, other: { kind: string | undefined }): number =>
    (one.kind ?? '') < (other.kind ?? '') ? -1 : 1;
  const ours = new Set(['redirected', 'proxy_refused']); // what no server says
  expect(listed.filter(({ kind = '' }) => !ours.has(kind)).sort(byKind)).toEqual(known.sort(byKind));
});

test('every method of a client has an example', () => {
  const source = ofLanguage('ts')
    .map(({ code }) => code)
    .join('\n');
  const { baseUrl, close, blobs, ...methods } = createOllama();
  const missing = [...Object.keys(methods), 'blobs.upload'].filter((name) => !source.includes(`.${name}(`));
  expect(missing).toEqual([]);
});

test('the links within the page lead somewhere', () => {
  const anchors = new Set(
    [...readme.matchAll(/^#+ (.*)/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  for (const [, anchor = ''] of readme.matchAll(/\]\(#([^)]*)\)/g)) expect([...anchors]).toContain(anchor);
});
