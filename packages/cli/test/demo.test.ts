import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { childrenOf, folderWith, gone, millrace, root, start } from './scene.ts';

/** An example, to be run from a folder of the test's own, so that it has a journal of its own. */
const example = (name: string): string => join(root, 'workflows', `${name}.yaml`);

const linesOf = async (path: string): Promise<Record<string, unknown>[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('the demonstration classifies 600 reviews on the embedded engine and says how well', async () => {
  const folder = await folderWith({});
  const to = join(folder, 'replies.jsonl');
  const running = start(['run', example('review-replies'), '--to', to], { cwd: folder });
  await running.saw(/Model host: the embedded engine at http:\/\/127\.0\.0\.1:\d+ with millrace-micro/);
  const [engine] = await childrenOf(running.child.pid as number);
  const { code, stdout, stderr } = await running.ended;
  expect([code, stderr.replaceAll(/^[\d,]+ (of 600 )?rows.*\n/gm, '')]).toEqual([
    0,
    expect.stringMatching(/^Model host: .*\nRun \d{8}-\d{4}-[0-9a-f]{6}\n$/),
  ]);
  expect(stderr).toMatch(/^[\d,]+ of 600 rows \(\d+ %\) · [\d.]+ rows\/s · [\d.,]+ tokens\/s · ETA/m);

  const lines = await linesOf(to);
  expect(lines).toHaveLength(600);
  expect(new Set(lines.map(({ key }) => key)).size).toBe(600);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(['key', 'product', 'sentiment', 'reply']);
    expect(line.reply === null).toBe(line.sentiment !== 'negative');
  }
  expect(stdout).toMatch(/rows +600 /);
  expect(stdout).toMatch(/ok +600\n +failed +0\n +skipped by where +0/);
  expect(stdout).toMatch(/tokens +[\d,]+ in, [\d,]+ out/);
  expect(stdout).toContain('replies.jsonl');
  expect(stdout).toMatch(/labels of classify: positive \d+, negative \d+, neutral \d+/);
  const accuracy = Number(/accuracy of classify: ([\d.]+) %/.exec(stdout)?.[1]);
  expect(accuracy).toBeGreaterThan(61.5);
  expect(accuracy).toBeLessThan(63.5);
  expect(stdout).toContain('the most frequent label alone, positive: 44.2 %');
  expect(await gone(engine as number)).toBe(true);
}, 120_000);

test('a run that is begun afresh replaces the results of the first, byte for byte', async () => {
  const folder = await folderWith({});
  const args = ['run', example('review-replies'), '--first', '60', '--to', 'o.jsonl', '--quiet'];
  expect(await millrace(args, { cwd: folder })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const first = await readFile(join(folder, 'o.jsonl'), 'utf8');
  expect(first.trimEnd().split('\n')).toHaveLength(60);
  expect(await millrace([...args, '--new', '--parallel', '1'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'o.jsonl'), 'utf8')).toBe(first);
}, 60_000);

test('two at the same time, with a journal each, do not disturb each other', async () => {
  const folder = await folderWith({});
  const run = (name: string) =>
    millrace(['run', example('review-replies'), '--first', '40', '--to', name, '--journal', `${name}-journal`], {
      cwd: folder,
    });
  const results = await Promise.all([run('a.jsonl'), run('b.jsonl')]);
  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  expect(await readFile(join(folder, 'a.jsonl'), 'utf8')).toBe(await readFile(join(folder, 'b.jsonl'), 'utf8'));
}, 60_000);

test('the example without rows prints its answer, and nothing else on stdout', async () => {
  const { code, stdout, stderr } = await millrace(
    ['run', example('single-prompt'), '--input', 'review=The zoom is broken.'],
    { cwd: await folderWith({}) },
  );
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\S.*\n$/)]);
  expect(stderr).toMatch(/^Model host: /);
}, 60_000);
