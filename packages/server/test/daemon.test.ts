import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { loadWorkflow, openJournal, readJournal, runWorkflow } from '@millrace/runner';
import { createDaemon, createLog, type OwnedDaemon, type RunCommand, type StartRun } from '@millrace/server';
import { lastValueFrom } from 'rxjs';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

jest.setTimeout(30_000);

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A Monday, 12:00. */
const noon = Date.UTC(2026, 10, 23, 12);

/** A daemon on a clock of its own, whose runs are real, of a workflow that asks no model. */
async function sceneOf(schedule: string) {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-daemon-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const journalPath = join(folder, 'journal.db');
  await writeFile(join(folder, 'w.yaml'), `steps: { a: { set: "done" } }\nschedule: ${schedule}\n`);
  let offset = noon - Date.now();
  const now = (): number => Date.now() + offset;
  let daemon: OwnedDaemon | undefined;
  const stop = async (): Promise<void> => {
    await daemon?.stop();
    daemon = undefined;
  };
  cleanUps.push(stop);
  const begin = async (): Promise<OwnedDaemon> => {
    daemon = await createDaemon({
      roots: [{ path: folder, isFile: false }],
      journalPath,
      start: startHere(journalPath),
      log: createLog('silent', () => {}),
      now,
    });
    daemon.begin().catch(() => {}); // a test would miss what it waits for
    return daemon;
  };
  /** Dues with what became of them, the oldest first; once nothing waits or runs any more and this is so. */
  const settled = async (isSo: (states: readonly string[]) => boolean = () => true) => {
    for (const until = Date.now() + 15 * second; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const dues = [...(daemon?.dues('w.yaml', 10_000) ?? [])].reverse();
      const states = dues.map(({ state }) => state);
      if (!states.includes('waiting') && !states.includes('running') && isSo(states)) return dues;
      if (Date.now() > until) throw new Error(`not so: ${JSON.stringify(dues)}`);
    }
  };
  return {
    begin,
    stop,
    settled,
    now,
    jump: (ms: number) => {
      offset += ms;
    },
    runs: async () => {
      const reader = await readJournal(journalPath);
      const found = reader?.list() ?? [];
      reader?.close();
      return found;
    },
  };
}

/** A run in this process, which ends as one of its own would. */
const startHere =
  (journalPath: string): StartRun =>
  (command: RunCommand) => {
    const ended = (async () => {
      if (command.kind !== 'run') throw new Error('not here');
      const { workflow } = await loadWorkflow(command.file);
      if (!workflow) return { code: 2, error: { message: 'invalid' } };
      const journal = await openJournal(journalPath);
      try {
        await lastValueFrom(runWorkflow(workflow, { hosts: [], journal, due: command.due }));
        return { code: 0 };
      } finally {
        journal.close();
      }
    })();
    return { pid: undefined, begun: Promise.resolve(undefined), ended, interrupt: () => {}, kill: () => {} };
  };

const timesOf = (dues: readonly { readonly due: number }[]): readonly number[] => dues.map(({ due }) => due - noon);

describe('a clock that is put forward by a day', () => {
  test.each([
    ['none', []],
    ['{ run: none }', []],
    ['{ run: once }', [23 * hour]],
    ['{ run: all }', Array.from({ length: 24 }, (_, index) => index * hour)],
    ['{ run: all, within: 3h }', [21 * hour, 22 * hour, 23 * hour]],
    ['{ run: all, within: 3h }, overlap: skip', [21 * hour, 22 * hour, 23 * hour]],
  ])('makes up for what `missed` says: %s', async (missed, made) => {
    const overlap = missed.includes('overlap') ? '' : ', overlap: queue';
    const { begin, jump, settled, runs } = await sceneOf(
      `{ cron: "30 * * * *", zone: UTC${overlap}${missed === 'none' ? '' : `, missed: ${missed}`} }`,
    );
    await begin();
    await new Promise((resolve) => setTimeout(resolve, second));
    jump(day);
    const dues = await settled((states) => states.length >= made.length);
    expect(timesOf(dues)).toEqual(made.map((time) => time + 30 * minute));
    expect(dues.every(({ state, cause }) => state === 'ok' && cause === 'missed')).toBe(true);
    expect((await runs()).map(({ due }) => due)).toEqual(dues.map(({ due }) => due).reverse());
  });
});

test('a clock that is put back by an hour makes nothing run twice, and all that is due behind it once', async () => {
  const { begin, jump, settled, runs } = await sceneOf(
    '{ cron: "0 * * * *", zone: UTC, overlap: queue, missed: { run: all } }',
  );
  await begin();
  jump(hour - 500); // 13:00 comes in half a second
  await settled((states) => states.length === 1);
  jump(-hour);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  jump(hour - second);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  jump(hour - 2 * second);
  const dues = await settled((states) => states.length === 2);
  expect(timesOf(dues)).toEqual([hour, 2 * hour]);
  expect(await runs()).toHaveLength(2);
});

test('a clock that was days ahead is not waited for', async () => {
  const { begin, jump, settled } = await sceneOf('{ cron: "0 * * * *", zone: UTC, overlap: queue }');
  await begin();
  jump(3 * day + hour - 500);
  await settled((states) => states.length === 1);
  jump(-3 * day);
  await new Promise((resolve) => setTimeout(resolve, second));
  jump(hour - 3 * second);
  const dues = await settled((states) => states.length === 2);
  expect(timesOf(dues)).toEqual([2 * hour, 3 * day + hour]);
});

test('what was due while it was down is made up for at the next start, and while it was paused it is not', async () => {
  const { begin, stop, jump, settled } = await sceneOf(
    '{ cron: "0 * * * *", zone: UTC, overlap: queue, missed: { run: all } }',
  );
  await begin();
  await stop();
  jump(2 * hour + minute);
  const again = await begin();
  expect(timesOf(await settled((states) => states.length === 2))).toEqual([hour, 2 * hour]);
  again.pause('w.yaml');
  jump(3 * hour);
  await new Promise((resolve) => setTimeout(resolve, second));
  again.unpause('w.yaml');
  jump(hour);
  expect(timesOf(await settled((states) => states.length === 3))).toEqual([hour, 2 * hour, 6 * hour]);
});

test('an edited schedule has missed nothing', async () => {
  const { begin, stop, jump, settled } = await sceneOf('{ cron: "0 2 * * *", zone: UTC, missed: { run: all } }');
  const first = await begin();
  const { file } = first.workflow('w.yaml');
  await stop();
  await writeFile(
    file,
    'steps: { a: { set: "done" } }\nschedule: { cron: "0 * * * *", zone: UTC, overlap: queue, missed: { run: all } }\n',
  );
  jump(5 * hour);
  await begin();
  await new Promise((resolve) => setTimeout(resolve, second));
  expect(await settled()).toEqual([]);
});
