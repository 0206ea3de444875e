import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunPlan } from '@millrace/runner';
import { type FakeOllamaOptions, isQuestion, startFakeOllama } from '@millrace/testing';
import { afterTest, childrenOf, folderWith, gone, millrace, root, start } from './scene.ts';

async function fakeHost(options: FakeOllamaOptions = {}) {
  const fake = await startFakeOllama({ models: ['m'], slots: 2, ...options });
  afterTest(() => fake.close());
  return fake;
}

const flow = `model: m
inputs: { tone: { type: string, default: plain } }
each: { from: r.csv, key: "\${row.id}", where: "\${row.id != '3'}" }
steps:
  a: { generate: "\${inputs.tone} \${row.text}" }
save: { to: out.jsonl }
`;
const rows = (count: number): string =>
  `id,text\n${Array.from({ length: count }, (_, id) => `${id},text ${id}\n`).join('')}`;
const scene = (files: Record<string, string> = {}) => folderWith({ 'w.yaml': flow, 'r.csv': rows(20), ...files });

const questionsOf = (fake: { readonly requests: readonly Parameters<typeof isQuestion>[0][] }) =>
  fake.requests.filter(isQuestion);

describe('the page of plans', () => {
  const page = readFileSync(join(root, 'docs/planning.md'), 'utf8');
  const blocks = [...page.matchAll(/^```text\n(.*?)^```/gms)].map(([, text]) => text as string);
  const replies = [
    'plan',
    join(root, 'workflows/review-replies.yaml'),
    '--model',
    'gemma3:270m',
    '--to',
    'replies.jsonl',
  ];

  test('shows what the program prints', async () => {
    const fake = await fakeHost({ models: ['gemma3:270m'] });
    const { code, stdout, stderr } = await millrace(replies, {
      cwd: await folderWith({}),
      env: { OLLAMA_HOST: fake.url },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(blocks[0]).toBe(stdout.replaceAll(fake.url, 'http://127.0.0.1:11434'));
  });

  test('shows the lines that a probe changes, but for their figures', async () => {
    const args = ['plan', join(root, 'workflows/review-replies.yaml'), '--probe', '8', '--to', 'replies.jsonl'];
    const { stdout } = await millrace(args, { cwd: await folderWith({}) });
    const withoutFigures = (text: string): string =>
      text
        .replaceAll(/\d{8}-\d{4}-[0-9a-f]{6}/g, 'ID')
        .replaceAll(/one call at a time|[\d.]+–\d+ calls at once/g, 'N at once')
        .replaceAll(/\d[\d,.]*( (?:ms|min|s|h)\b)*(?: \d+ s)?/g, 'N');
    const lines = (blocks[1] as string).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(withoutFigures(stdout)).toContain(withoutFigures(line));
  });
});

test('plan takes the flags of run that say what is run, and asks no model', async () => {
  const fake = await fakeHost({ models: ['m', 'n'] });
  const folder = await scene({ 'other/s.jsonl': '{"id":"1","text":"one"}\n{"id":"2","text":"two"}\n' });
  const flags = '--from other/s.jsonl --to other/o.csv --input tone=warm --model n --parallel 2 --first 1 --journal j';
  const args = ['plan', 'w.yaml', ...flags.split(' '), '--host', fake.url, '--format', 'json'];
  const { code, stdout, stderr } = await millrace(args, { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  const plan = JSON.parse(stdout) as RunPlan;
  expect(plan.rows).toMatchObject({ read: 1, asked: 1 });
  expect(plan.models.map(({ name }) => name)).toEqual(['n']);
  expect(plan.prompts[0]?.messages[0]?.text).toBe('warm one');
  expect(questionsOf(fake)).toEqual([]);
  expect([existsSync(join(folder, 'j')), existsSync(join(folder, '.millrace'))]).toEqual([false, false]);
});

test('plan with a probe begins the run that the same command with run goes on with', async () => {
  const fake = await fakeHost({ tokenMs: 2 });
  const folder = await scene();
  const flags = ['w.yaml', '--host', fake.url];
  const planned = await millrace(['plan', ...flags, '--probe', '4'], { cwd: folder });
  expect([planned.code, planned.stderr]).toEqual([0, 'Probing 4 rows: the run keeps their results.\n']);
  expect(planned.stdout).toMatch(/rows +20 read, 1 left out by where, 4 done already: 15 to ask/);
  expect(planned.stdout).toMatch(/time +\S+ m?s to \S+ m?s \(4 rows probed: /);
  expect(questionsOf(fake)).toHaveLength(4);
  const ran = await millrace(['run', ...flags], { cwd: folder });
  expect([ran.code, ran.stderr]).toEqual([
    0,
    expect.stringMatching(/Goes on with run .*what was answered is not asked again/),
  ]);
  expect(questionsOf(fake)).toHaveLength(19);
  const { stdout } = await millrace(['plan', ...flags], { cwd: folder });
  expect(stdout).toMatch(/is finished: there is nothing to do[\s\S]*calls +none\n/);
});

test('plan finds the embedded engine where there is no Ollama, and leaves no process', async () => {
  const folder = await folderWith({});
  const running = start(['plan', join(root, 'workflows/review-replies.yaml'), '--probe', '20', '--to', 'o.jsonl'], {
    cwd: folder,
  });
  await running.saw(/Probing/);
  const [engine] = await childrenOf(running.child.pid as number);
  const { code, stdout } = await running.ended;
  expect([code, stdout]).toEqual([0, expect.stringMatching(/millrace-micro +1 M Q8_0 +1\.4 MB +512 of 512/)]);
  expect(await gone(engine as number)).toBe(true);
});

describe('the exit code of plan', () => {
  test('is 1 where a model is missing, with the command that brings it', async () => {
    const fake = await fakeHost({ models: ['other'] });
    const { code, stdout } = await millrace(['plan', 'w.yaml', '--host', fake.url], { cwd: await scene() });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/will fail\[MODEL_MISSING\]: .*`m`[\s\S]*`ollama pull m` or `millrace models pull m`/),
    ]);
  });

  test('is 1 where no host answers, and the rows are counted all the same', async () => {
    const { code, stdout } = await millrace(['plan', 'w.yaml', '--host', '127.0.0.1:9'], { cwd: await scene() });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/19 to ask[\s\S]*will fail\[HOST_SILENT\]/)]);
  });

  test('is 1 where rows will fail', async () => {
    const fake = await fakeHost();
    const folder = await scene({ 'r.csv': 'id,text\n1,one\n1,two\n' });
    const { code, stdout } = await millrace(['plan', 'w.yaml', '--host', fake.url], { cwd: folder });
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/will fail\[KEY_DUPLICATE\]: 1 row has the key of an earlier one/),
    ]);
  });

  test('is 0 where a host of several does not answer', async () => {
    const fake = await fakeHost();
    const args = ['plan', 'w.yaml', '--host', fake.url, '--host', 'http://127.0.0.1:9'];
    const { code, stdout } = await millrace(args, { cwd: await scene() });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/warning\[HOST_SILENT\]: http:\/\/127\.0\.0\.1:9/)]);
  });

  test.each([
    [['plan']],
    [['plan', 'bad.yaml']],
    [['plan', 'none.yaml']],
    [['plan', 'w.yaml', '--probe', 'x']],
    [['plan', 'w.yaml', '--probe', '2', '--new']],
    [['plan', 'w.yaml', '--seed', '2']],
    [['plan', 'w.yaml', '--input', 'ton=x']],
    [['plan', 'w.yaml', '--from', '-', '--probe', '2']],
  ])('is 2 for %j, and no model is asked', async (args) => {
    const fake = await fakeHost();
    const folder = await scene({ 'bad.yaml': 'model: m\nsteps: { a: { generate: "${b}" } }\n' });
    const { code, stdout, stderr } = await millrace(args, { cwd: folder, env: { OLLAMA_HOST: fake.url } });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/error/)]);
    expect(questionsOf(fake)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('is 130 after %s in a probe, whose answers are kept', async (signal) => {
    const fake = await fakeHost({ tokenMs: 30, slots: 1 });
    const folder = await scene();
    const running = start(['plan', 'w.yaml', '--host', fake.url, '--probe', '15'], { cwd: folder });
    await fake.waitFor(({ asked }) => asked >= 6, { timeoutMs: 20_000 });
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout, stderr]).toEqual([130, '', expect.stringMatching(/Interrupted/)]);
    await fake.waitFor(({ running: held }) => held === 0);
    const { stdout: after } = await millrace(['plan', 'w.yaml', '--host', fake.url], { cwd: folder });
    expect(after).toMatch(/[1-9]\d* done already/);
  });

  test('is 130 at once where a host takes a request and says nothing', async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    afterTest(() => silent.closeAllConnections());
    afterTest(() => silent.close());
    const asked = new Promise((resolve) => silent.once('request', resolve));
    const { port } = silent.address() as AddressInfo;
    const running = start(['plan', 'w.yaml', '--host', `127.0.0.1:${port}`], { cwd: await scene() });
    await asked;
    const at = performance.now();
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(performance.now() - at).toBeLessThan(2500);
  });

  test('is 130 where rows are being read', async () => {
    const fake = await fakeHost();
    const folder = await scene({ 'r.csv': rows(200_000) });
    const running = start(['plan', 'w.yaml', '--host', fake.url], { cwd: folder });
    await fake.waitFor(({ requests }) => requests.some(({ path }) => path === '/api/show'), { timeoutMs: 20_000 });
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
  });
});

test('a prompt is cut unless it is asked for whole, and cannot steer the terminal', async () => {
  const fake = await fakeHost();
  const text = `\u001b]0;title\u0007 ${'long text '.repeat(100)}the end`;
  const folder = await scene({
    'r.csv': `id,text\n1,"${text}"\n`,
    'w.yaml': flow.replace('model: m', 'name: "\\e[31mred"\nmodel: m'),
  });
  const args = ['plan', 'w.yaml', '--host', fake.url];
  const short = await millrace(args, { cwd: folder });
  expect(short.stdout).toMatch(/plain \\x1b\]0;title\\x07 long text[\s\S]*… 1,0\d\d characters; --full shows them all/);
  expect(short.stdout).not.toContain('the end');
  const full = await millrace([...args, '--full'], { cwd: folder });
  expect(full.stdout).toContain('the end');
  const json = await millrace([...args, '--format', 'json'], { cwd: folder });
  expect(JSON.parse(json.stdout).prompts[0].messages[0].text).toBe(`plain ${text}`);
  for (const { stdout } of [short, full, json]) expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('memory does not grow with the rows, nor with their keys', async () => {
  const fake = await fakeHost();
  const long = 'x'.repeat(1000);
  const csv = `id,text\n${Array.from({ length: 60_000 }, (_, id) => `${id}${long},text\n`).join('')}`;
  const folder = await scene({ 'r.csv': csv });
  const args = ['plan', 'w.yaml', '--host', fake.url];
  // The keys alone are 60 MB.
  const { code, stdout, stderr } = await millrace(args, {
    cwd: folder,
    env: { NODE_OPTIONS: '--max-old-space-size=40' },
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/60,000 read: 60,000 to ask/);
});

test('a run that is in work is planned as far as it is left, and cannot be probed', async () => {
  const fake = await fakeHost({ tokenMs: 20, slots: 1 });
  const folder = await scene({ 'r.csv': rows(200) });
  const flags = ['w.yaml', '--host', fake.url];
  const running = start(['run', ...flags], { cwd: folder });
  await fake.waitFor(({ asked }) => asked >= 5, { timeoutMs: 20_000 });
  const { code, stdout } = await millrace(['plan', ...flags], { cwd: folder });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/is in work by another process[\s\S]*[1-9]\d* done already/),
  ]);
  const probed = await millrace(['plan', ...flags, '--probe', '2'], { cwd: folder });
  expect([probed.code, probed.stderr]).toEqual([2, expect.stringMatching(/error\[RUN_BUSY\]/)]);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
});

test('rows of standard input are left there', async () => {
  const fake = await fakeHost();
  const args = ['plan', 'w.yaml', '--host', fake.url, '--from', '-'];
  const { code, stdout } = await millrace(args, { cwd: await scene(), stdin: '{"id":"1","text":"one"}\n' });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /rows +of standard input: they are read by the run only\n +calls +any number[\s\S]*plain ‹row\.text›/,
    ),
  ]);
});
