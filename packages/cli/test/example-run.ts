import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeOllama, isQuestion, startFakeOllama } from '@millrace/testing';
import { reviewModel } from './review-model.ts';
import { afterTest, type Finished, folderWith, millrace, root, type Surroundings } from './scene.ts';

/** A line of results. */
export type Line = Readonly<Record<string, unknown>>;

/** What an example did. */
export interface ExampleRun extends Finished {
  /** A copy of `workflows/`, with what was written in it. */
  readonly folder: string;
  /** In which the server is named. */
  readonly env: Readonly<Record<string, string>>;
  /** The text of a file below the folder. */
  text(path: string): Promise<string>;
  /** The lines of a file below `out/`. */
  lines(name: string): Promise<Line[]>;
  /** The keys of a file below `data/`, in order; of the rows with a label, where one is given. */
  keys(name: string, label?: string): Promise<string[]>;
  /** What `/api/generate` or `/api/chat` was asked. */
  asked(kind: 'generate' | 'chat'): Line[];
}

/** A copy of `workflows/`, without what was written there, gone after the test. */
export async function copyOfWorkflows(): Promise<string> {
  const folder = await folderWith({});
  await cp(join(root, 'workflows'), folder, {
    recursive: true,
    filter: (path) => !/[\\/](out|\.millrace)$/.test(path),
  });
  return folder;
}

/** The names of all examples. */
export const exampleNames = async (): Promise<string[]> =>
  (await readdir(join(root, 'workflows')))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length));

/** Runs an example in a copy of its folder, as a user does, on a server that stands in for the model. */
export async function runExample(
  name: string,
  flags: readonly string[] = [],
  surroundings: Surroundings = {},
): Promise<ExampleRun> {
  const fake = await startFakeOllama({ models: ['millrace-micro'], slots: 4, answer: reviewModel });
  afterTest(() => fake.close());
  const folder = await copyOfWorkflows();
  const env = { OLLAMA_HOST: fake.url };
  const finished = await millrace(['run', `${name}.yaml`, ...flags], { ...surroundings, cwd: folder, env });
  const text = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
  return {
    ...finished,
    folder,
    env,
    text,
    lines: async (file) => jsonLines(await text(`out/${file}`)),
    keys: async (file, label = '') => keysOf(await text(`data/${file}`), label),
    asked: (kind) => bodiesOf(fake, `/api/${kind}`),
  };
}

/** Each line read as JSON. */
export const jsonLines = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const keysOf = (csv: string, label: string): string[] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .filter((line) => line.endsWith(label))
    .map((line) => line.slice(0, line.indexOf(',')));

const bodiesOf = ({ requests }: FakeOllama, wanted: string): Line[] =>
  requests.filter((request) => request.path === wanted && isQuestion(request)).map(({ body }) => body as Line);
