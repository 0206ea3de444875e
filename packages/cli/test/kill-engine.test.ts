import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { drawFrom, isLong, live, type Moment, seedOf } from './kill-moments.ts';
import { childrenOf, folderWith, gone, millrace, root } from './scene.ts';

/** More than the lives before the last can do, also when a kill comes late. */
const rows = isLong ? 600 : 200;
const kills = isLong ? 20 : 5;

/** When so many steps have ended now, not at an earlier time, by the events on stdout; or so many milliseconds later. */
const afterSteps =
  (count: number, delayMs: number): Moment =>
  ({ child }, kill) => {
    let left = count;
    let timer: NodeJS.Timeout | undefined;
    let torn = '';
    child.stdout?.on('data', (text: string) => {
      const lines = (torn + text).split('\n');
      torn = lines.pop() ?? '';
      left -= lines.filter((line) => line.includes('"type":"step-end"') && !line.includes('"reused":')).length;
      if (left <= 0) timer ??= setTimeout(kill, delayMs);
    });
    return () => clearTimeout(timer);
  };

interface Said {
  readonly type: string;
  readonly key: string;
}

/** The events on stdout; what the kill has torn off is none. */
const eventsOf = (stdout: string): Said[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('a run on the embedded engine that is killed again and again ends as one that is not', async () => {
  const seed = seedOf();
  const draw = drawFrom(seed);
  const folder = await folderWith({});
  const to = join(folder, 'replies.jsonl');
  const workflow = join(root, 'workflows/review-replies.yaml');
  const args = ['run', workflow, '--first', String(rows), '--to', to, '--json'];

  expect(await millrace(args, { cwd: folder })).toMatchObject({ code: 0 });
  const expected = await readFile(to, 'utf8');
  await rm(join(folder, '.millrace'), { recursive: true, force: true });
  await rm(to);

  const ended = new Set<string>();
  const note = (stdout: string): void => {
    const events = eventsOf(stdout);
    // What a life has said to be final is asked for by no later one.
    expect(events.filter(({ type, key }) => type === 'step-start' && ended.has(key))).toEqual([]);
    for (const { type, key } of events) if (type === 'row-end') ended.add(key);
  };
  try {
    for (let kill = 0; kill < kills; kill++) {
      const engines: number[] = [];
      const moment = afterSteps(draw(4, 12), draw(0, 30));
      const { signal, stdout } = await live(args, folder, (running, end) =>
        moment(running, () => {
          void childrenOf(running.child.pid as number).then((children) => {
            engines.push(...children);
            end();
          });
        }),
      );
      expect(signal).toBe('SIGKILL');
      note(stdout);
      expect(await Promise.all(engines.map((engine) => gone(engine)))).toEqual([true]);
    }
    const last = await millrace(args, { cwd: folder });
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(to, 'utf8')).toBe(expected);
    expect(ended.size).toBeGreaterThan(kills);
    note(last.stdout);
  } catch (error) {
    throw new Error(`With MILLRACE_KILL_SEED=${seed}: ${(error as Error).message}`, { cause: error });
  }
}, 600_000);
