import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openJournal, peekRun, type World } from '@millrace/runner';
import { DatabaseSync } from '@photostructure/sqlite';
import { allEvents, folderWith, loaded } from './scene.ts';

const yaml =
  'each: { from: r.jsonl, key: "${row.id}" }\nsteps: { a: { set: "${int(row.id)}" } }\nsave: { to: out.jsonl, fields: { a: "${a}" } }\n';
const rows = '{"id":"1"}\n{"id":"x"}\n';

async function* pipe(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(rows);
}

async function place() {
  const folder = await folderWith({ 'w.yaml': yaml, 'r.jsonl': rows });
  const path = join(folder, '.millrace/journal.db');
  const withJournal = async <Value>(
    act: (world: World & { readonly journal: NonNullable<World['journal']> }) => Value,
  ) => {
    const journal = await openJournal(path);
    try {
      return await act({ hosts: [], journal });
    } finally {
      journal.close();
    }
  };
  const runs = (): readonly unknown[] => {
    const database = new DatabaseSync(path);
    try {
      return Array.from(
        database.prepare('SELECT id, status, ended_at, ended FROM runs ORDER BY run').all() as object[],
      );
    } finally {
      database.close();
    }
  };
  return { folder, withJournal, runs };
}

test('a finished run that is called again unchanged keeps when it ended', async () => {
  const { folder, withJournal, runs } = await place();
  const run = () => withJournal(async (world) => allEvents(await loaded(join(folder, 'w.yaml')), world));
  await run();
  const before = runs();
  expect(before).toMatchObject([{ status: 'done', ended_at: expect.any(Number) }]);
  expect((await run()).at(-1)).toMatchObject({ unchanged: true });
  expect(runs()).toEqual(before);
});

test('rows that came from standard input are not tried again, and what was kept of them stays', async () => {
  const { folder, withJournal, runs } = await place();
  const piped = () => loaded(join(folder, 'w.yaml'), { from: '-', stdin: pipe() });
  await withJournal(async (world) => allEvents(await piped(), world));
  const [before, saved] = [runs(), await readFile(join(folder, 'out.jsonl'), 'utf8')];
  const refused = { code: 'USAGE_INVALID', message: expect.stringContaining('standard input') };
  const retry = {};
  await withJournal(async (world) => {
    await expect(allEvents(await piped(), { ...world, retry })).rejects.toMatchObject(refused);
    await expect(peekRun(await piped(), { ...world, retry })).rejects.toMatchObject(refused);
  });
  expect(runs()).toEqual(before);
  expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toBe(saved);
});
