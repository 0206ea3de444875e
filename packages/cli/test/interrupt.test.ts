import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { childrenOf, folderWith, gone, root, start } from './scene.ts';

/** The demonstration over its rows many times, so that it does not end by itself. */
async function longDemo() {
  const rows = (await readFile(join(root, 'workflows/data/reviews.csv'), 'utf8')).split('\n').slice(1, -1);
  const copies = Array.from({ length: 30 }, (_, copy) => rows.map((row) => `${copy}-${row}`)).flat();
  const folder = await folderWith({ 'rows.csv': `id,product,text,label\n${copies.join('\n')}\n` });
  const to = join(folder, 'out.jsonl');
  const running = start(['run', join(root, 'workflows/review-replies.yaml'), '--from', 'rows.csv', '--to', to], {
    cwd: folder,
  });
  await running.saw(/[1-9]\d* of 18,000 rows/);
  const children = await childrenOf(running.child.pid as number);
  expect(children).toHaveLength(1);
  return { running, to, engine: children[0] as number };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a run within two seconds, says what was done, and leaves no process',
  async (signal) => {
    const { running, to, engine } = await longDemo();
    const at = performance.now();
    running.child.kill(signal);
    const { code, stdout } = await running.ended;
    expect(performance.now() - at).toBeLessThan(2000);
    expect(code).toBe(130);
    expect(stdout).toMatch(/review-replies was interrupted after/);
    const ok = Number(/ok +([\d,]+)/.exec(stdout)?.[1]?.replaceAll(',', ''));
    expect(
      (await readFile(to, 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toHaveLength(ok);
    expect(await gone(engine)).toBe(true);
  },
  60_000,
);

test('a second Ctrl-C ends it at once', async () => {
  const { running, engine } = await longDemo();
  running.child.kill('SIGSTOP');
  running.child.kill('SIGINT');
  running.child.kill('SIGCONT');
  const repeat = setInterval(() => running.child.kill('SIGINT'), 400);
  const { code, signal } = await running.ended;
  clearInterval(repeat);
  expect(code ?? signal).toBe(130);
  expect(await gone(engine)).toBe(true);
}, 60_000);

test('the engine ends with its parent, also when that is killed', async () => {
  const { running, engine } = await longDemo();
  running.child.kill('SIGKILL');
  await running.ended;
  expect(await gone(engine)).toBe(true);
}, 60_000);

test('a reader that goes away ends a run that writes to stdout, without a word', async () => {
  const rows = Array.from({ length: 3000 }, (_, id) => `${id},good phone`).join('\n');
  const folder = await folderWith({
    'r.csv': `id,text\n${rows}\n`,
    'w.yaml':
      'model: millrace-micro\neach: { from: r.csv, key: "${row.id}" }\nsteps: { a: { generate: "Review: ${row.text}\\nSentiment:", options: { num_predict: 8, temperature: 0 } } }\n',
  });
  const running = start(['run', 'w.yaml', '--quiet'], { cwd: folder });
  await running.saw(/"key":"0"/);
  running.child.stdout?.destroy();
  const { code, stderr } = await running.ended;
  expect([code, stderr]).toEqual([0, '']);
}, 60_000);
