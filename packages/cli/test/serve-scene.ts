import { join } from 'node:path';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { afterTest, folderWith, millrace, processesLike, type Running, start } from './scene.ts';

/** A folder that is served, and what answers its runs. */
export interface ServeScene {
  readonly folder: string;
  readonly fake: FakeOllama;
  /** Starts `millrace serve` in the folder. */
  serve(...flags: readonly string[]): Running;
  /** Calls another command there. */
  call(...words: readonly string[]): ReturnType<typeof millrace>;
  /** `millrace runs --format json`. */
  runs(): Promise<readonly ListedRun[]>;
  /** Waits until something is so of the runs. */
  runsThat(isSo: (runs: readonly ListedRun[]) => boolean): Promise<readonly ListedRun[]>;
}

/** A run as `millrace runs --format json` lists it. */
export interface ListedRun {
  readonly id: string;
  readonly workflow: string;
  readonly status: string;
  readonly due?: string;
  readonly counts: { readonly rows: number; readonly ok: number; readonly failed: number };
}

/** A workflow that asks one thing. */
export const asking = (schedule: string, more = ''): string =>
  `model: m\nsteps: { a: { generate: "say something" } }\n${schedule === '' ? '' : `schedule: ${schedule}\n`}${more}`;

/** Milliseconds after which what should be there is missing. */
const patienceMs = 40_000;

export async function serveScene(
  files: Readonly<Record<string, string>>,
  options: FakeOllamaOptions = {},
): Promise<ServeScene> {
  const fake = await startFakeOllama({ models: ['m'], ...options });
  afterTest(() => fake.close());
  const folder = await folderWith(files);
  const where = { cwd: folder, env: { OLLAMA_HOST: fake.url } };
  // Runs outlive their server.
  afterTest(async () => {
    for (const pid of await processesLike(new RegExp(folder))) process.kill(pid, 'SIGKILL');
  });
  const call = (...words: readonly string[]): ReturnType<typeof millrace> => millrace(words, where);
  const runs = async (): Promise<readonly ListedRun[]> =>
    JSON.parse((await call('runs', '--format', 'json', '--limit', '1000')).stdout);
  return {
    folder,
    fake,
    serve: (...flags) => start(['serve', '.', '--port', '0', '--journal', join(folder, '.millrace'), ...flags], where),
    call,
    runs,
    runsThat: async (isSo) => {
      for (const until = Date.now() + patienceMs; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
        const found = await runs();
        if (isSo(found)) return found;
        if (Date.now() > until) throw new Error(`not so: ${JSON.stringify(found, null, 1)}`);
      }
    },
  };
}

/** Seconds of the due times, sorted. */
export const duesOf = (runs: readonly ListedRun[]): readonly number[] =>
  runs.flatMap(({ due }) => (due === undefined ? [] : [Date.parse(due)])).sort((one, other) => one - other);
