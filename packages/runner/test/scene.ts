import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import {
  type LoadedWorkflow,
  type LoadOptions,
  loadWorkflow,
  type RunEvent,
  runWorkflow,
  type World,
} from '@millrace/runner';
import { type FakeOllama, type FakeOllamaOptions, type Faults, isQuestion, startFakeOllama } from '@millrace/testing';
import { lastValueFrom, toArray } from 'rxjs';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A folder with these files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-runner-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/**
 * A fake server and a client to it, closed after the test. It has the questions that were asked for its requests, and its faults are theirs:
 * what else a run asks for is a matter of other tests.
 */
export async function fakeHost(options: FakeOllamaOptions = {}): Promise<{ fake: FakeOllama; ollama: Ollama }> {
  const { faults } = options;
  const fake = await startFakeOllama({
    models: ['m'],
    slots: 8,
    ...options,
    ...(faults && { faults: ofQuestions(faults) }),
  });
  const ollama = createOllama({ baseUrl: fake.url });
  cleanUps.push(
    () => fake.close(),
    () => ollama.close(),
  );
  return { fake: Object.create(fake, { requests: { get: () => fake.requests.filter(isQuestion) } }), ollama };
}

function ofQuestions(faults: Faults): Faults {
  const counts = new Map<string, number>();
  const next = (name: string): number => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count;
  };
  return (request) => {
    if (!isQuestion(request)) return undefined;
    return typeof faults === 'function' ? faults(request, next(request.path)) : faults[next('')];
  };
}

/** Loads a workflow that must be without errors. */
export async function loaded(file: string, options: LoadOptions = {}): Promise<LoadedWorkflow> {
  const { workflow, diagnostics } = await loadWorkflow(file, options);
  if (!workflow) throw new Error(`not valid: ${JSON.stringify(diagnostics, null, 2)}`);
  return workflow;
}

/** All events of a run. */
export const allEvents = (workflow: LoadedWorkflow, world: World): Promise<RunEvent[]> =>
  lastValueFrom(runWorkflow(workflow, { random: () => 0, ...world }).pipe(toArray()));

/** The events of one type. */
export const ofType = <Type extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: Type,
): Extract<RunEvent, { type: Type }>[] =>
  events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);

/** The lines of a jsonl file. */
export const readJsonl = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
