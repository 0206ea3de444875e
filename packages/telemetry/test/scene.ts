import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import { type LoadedWorkflow, loadWorkflow, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { type TraceOptions, traceRun } from '@millrace/telemetry';
import { type FakeOllama, type FakeOllamaOptions, isQuestion, startFakeOllama } from '@millrace/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { type Recorder, recorder } from './recorder.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** To be undone after the test. */
export const afterTest = (cleanUp: () => unknown): void => void cleanUps.push(cleanUp);

/** A folder with these files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-telemetry-'));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** A fake server and a client to it, closed after the test. */
export async function fakeHost(options: FakeOllamaOptions = {}): Promise<{ fake: FakeOllama; ollama: Ollama }> {
  const fake = await startFakeOllama({ models: ['m'], slots: 8, ...options });
  const ollama = createOllama({ baseUrl: fake.url });
  afterTest(() => fake.close());
  afterTest(() => ollama.close());
  return { fake, ollama };
}

/** Faults of questions only, the n-th of them counted from 0: a load is none. */
export const onQuestion = (
  fault: (body: { readonly model?: string; readonly prompt?: string }, count: number) => unknown,
): NonNullable<FakeOllamaOptions['faults']> => {
  let count = 0;
  return (request) => (isQuestion(request) ? (fault(request.body as object, count++) as never) : undefined);
};

/** A workflow that must be without errors. */
export async function loaded(file: string): Promise<LoadedWorkflow> {
  const { workflow, diagnostics } = await loadWorkflow(file);
  if (!workflow) throw new Error(`not valid: ${JSON.stringify(diagnostics, null, 2)}`);
  return workflow;
}

/** A workflow with these steps over rows of `id` and `text`; without rows one that runs once. */
export async function flow(steps: string, rows: readonly string[] = [], more = 'save: { to: out.jsonl }\n') {
  const lines = rows.map((text, id) => JSON.stringify({ id: String(id), text }));
  const each = rows.length > 0 ? `each: { from: rows.jsonl, key: "\${row.id}" }\n${more}` : '';
  const folder = await folderWith({
    'rows.jsonl': `${lines.join('\n')}\n`,
    'w.yaml': `model: m\n${each}steps:\n${steps}\n`,
  });
  return { folder, workflow: await loaded(join(folder, 'w.yaml')) };
}

/** Runs a workflow to its end, and gives what was recorded and said. */
export async function traced(
  workflow: LoadedWorkflow,
  world: World,
  options: TraceOptions = {},
): Promise<Recorder & { readonly said: readonly RunEvent[] }> {
  const record = recorder();
  const said = await lastValueFrom(
    runWorkflow(workflow, { random: () => 0, calls: true, ...world }).pipe(
      traceRun({ tracer: record.tracer, ...options }),
      toArray(),
    ),
  );
  return { ...record, said };
}
