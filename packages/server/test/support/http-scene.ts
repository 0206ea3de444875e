import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import { createDaemon, createLog, type HttpServer, type OwnedDaemon, startHttpServer } from '@millrace/server';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { runsHere } from './runs-here.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** To be undone after the test. */
export const afterTest = (cleanUp: () => unknown): void => void cleanUps.push(cleanUp);

/** A folder with these files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-http-'));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** Asks a model for each of four rows; one of them fails, where the fake host is told to. */
export const reviews = `name: reviews
description: Says something of each review.
model: m
inputs: { tone: { type: string, default: plain, description: How it is said. } }
each: { from: reviews.csv, key: "\${row.id}" }
steps:
  say: { generate: "\${inputs.tone}: \${row.text}", retry: 0 }
  sum: { over: say, group_by: "\${row.kind}", generate: "join \${items.join()}" }
save: { to: out.jsonl, fields: { say: "\${say}" }, over: { sum: groups.jsonl } }
`;
export const reviewRows = 'id,kind,text\na/1,tea,good\nb,tea,bad\nc,pot,fine\nd,pot,odd\n';
export const nightly =
  'steps: { a: { set: "done" } }\nschedule: { cron: "0 2 * * *", zone: Europe/Berlin, missed: { run: none } }\n';
export const broken = 'steps: { a: { generat: "x" } }\n';

/** What a scene is made of. */
export interface SceneOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly host?: FakeOllamaOptions;
  readonly token?: string;
  readonly listen?: { readonly host: string; readonly port: number };
  readonly names?: readonly string[];
  /** Servers of models beside the fake one. */
  readonly others?: readonly Ollama[];
}

/** An answer, read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what tests are about
  readonly body: any;
}

/** A real server with a real daemon, whose runs ask a fake host. */
export interface Scene {
  readonly folder: string;
  readonly journalPath: string;
  readonly fake: FakeOllama;
  readonly daemon: OwnedDaemon;
  readonly server: HttpServer;
  /** Lines of the log, read. */
  readonly logged: Readonly<Record<string, unknown>>[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answered>;
  /** Starts a run of `reviews.yaml` and waits for its end. */
  run(inputs?: Readonly<Record<string, string>>): Promise<string>;
  /** Waits until a run is not in work any more. */
  ended(id: string): Promise<void>;
}

export async function sceneOf(options: SceneOptions = {}): Promise<Scene> {
  const files = options.files ?? { 'reviews.yaml': reviews, 'reviews.csv': reviewRows };
  const folder = await folderWith(files);
  const journalPath = join(folder, '.millrace', 'journal.db');
  const fake = await startFakeOllama({ models: ['m'], slots: 4, ...options.host });
  afterTest(() => fake.close());
  const ollama = createOllama({ baseUrl: fake.url });
  afterTest(() => ollama.close());
  const logged: Readonly<Record<string, unknown>>[] = [];
  const log = createLog('debug', (line) => void logged.push(JSON.parse(line)));
  const daemon = await createDaemon({
    roots: [{ path: folder, isFile: false }],
    journalPath,
    start: runsHere(journalPath, [ollama]),
    log: createLog('silent', () => {}),
  });
  afterTest(() => daemon.stop());
  const { token, names, listen = { host: '127.0.0.1', port: 0 }, others = [] } = options;
  const server = await startHttpServer({ daemon, journalPath, hosts: [ollama, ...others], token, names, listen, log });
  afterTest(() => server.close());
  const ask = async (path: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const scene: Scene = {
    folder,
    journalPath,
    fake,
    daemon,
    server,
    logged,
    get: (path, headers = {}) => ask(path, { headers: { ...bearer, ...headers } }),
    post: (path, body = {}, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { ...bearer, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    run: async (inputs = {}) => {
      const { body } = await scene.post('/api/runs', { workflow: 'reviews.yaml', inputs });
      await scene.ended(body.id);
      return body.id;
    },
    ended: async (id) => {
      // The stream of a run ends with the run.
      const { body } = await scene.get(`/api/runs/${id}/events`);
      if (!/event: run-end/.test(body)) throw new Error(`no end: ${body}`);
    },
  };
  return scene;
}
