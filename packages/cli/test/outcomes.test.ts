import { describe, expect, test } from '@jest/globals';
import { startFakeOllama } from '@millrace/testing';
import { afterTest, folderWith, millrace } from './scene.ts';

async function fakeHost(): Promise<string> {
  const fake = await startFakeOllama({ models: ['m'], slots: 1, answer: ({ lastText }) => lastText });
  afterTest(() => fake.close());
  return fake.url;
}

const rows = `id,text\n${Array.from({ length: 12 }, (_, at) => `${at},${at < 4 ? 'bad' : 'good'}\n`).join('')}`;

const workflow = (step: string, rest = '') => `model: m
each: { from: r.csv, key: "\${row.id}" }
steps:
  mood:
    generate: \${row.text}
    ensure: \${mood == "good"}
    retry: 0
${step}
save: { to: out.jsonl, fields: { mood: "\${mood}" } }
limits: { parallel: 1${rest} }
`;

async function run(file: string) {
  const folder = await folderWith({ 'w.yaml': file, 'r.csv': rows });
  return await millrace(['run', 'w.yaml', '--host', await fakeHost()], { cwd: folder });
}

describe('what a run ended with is in its last lines and in its exit code', () => {
  test('a run that `limits.errors` stops says why, and exits with 4', async () => {
    const { code, stdout } = await run(workflow('', ', errors: 2'));
    expect(code).toBe(4);
    expect(stdout).toMatch(/^w was stopped after .*: .*2/m);
    expect(stdout).toMatch(/failed +2$/m);
  });

  test('a step that aborts stops the run, and exits with 3', async () => {
    const { code, stdout } = await run(workflow('    on_error: abort'));
    expect(code).toBe(3);
    expect(stdout).toMatch(/^w was stopped after .*: .*mood/m);
  });

  test('rows that go on without a step are told apart from those that are ok', async () => {
    const { code, stdout } = await run(workflow('    on_error: skip'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/ok +8$/m);
    expect(stdout).toMatch(/degraded +4 \(without the value of a step\)$/m);
  });

  test('groups of a reduce are counted', async () => {
    const { code, stdout } = await run(
      workflow('    on_error: skip\n  sums: { over: mood, group_by: "${row.id}", generate: "${items.join()}" }'),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/groups +8 ok, 0 failed$/m);
  });
});

test('a workflow that asks no model runs without a host', async () => {
  const folder = await folderWith({ 'w.yaml': 'steps: { sum: { set: "${1 + 2}" } }\n' });
  const { code, stdout } = await millrace(['run', 'w.yaml'], { cwd: folder, env: { OLLAMA_HOST: '127.0.0.1:9' } });
  expect([code, stdout]).toEqual([0, '3\n']);
});
