import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { openJournal, type RunEvent, runWorkflow } from '@millrace/runner';
import { DatabaseSync } from '@photostructure/sqlite';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { migrate, migrations } from '../src/journal/migrations.ts';
import { fakeHost, folderWith, loaded, ofType } from './scene.ts';

const yaml =
  'model: m\neach: { from: r.csv, key: "${row.id}" }\nsteps: { a: { generate: "${row.text}" } }\nsave: { to: out.jsonl, fields: { a: "${a}" } }\n';

const versionOf = (database: { prepare(sql: string): { get(): unknown } }): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

/** A folder with a run that stopped after two of its five rows. */
async function stopped() {
  const rows = Array.from({ length: 5 }, (_, n) => `k${n},text ${n}\n`).join('');
  const folder = await folderWith({ 'w.yaml': yaml, 'r.csv': `id,text\n${rows}` });
  const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>` });
  const path = join(folder, '.millrace/journal.db');
  const run = async (note = (_: RunEvent): void => {}, interrupt = new Subject<void>()) => {
    const journal = await openJournal(path);
    try {
      const workflow = await loaded(join(folder, 'w.yaml'));
      const world = { hosts: [ollama], journal, deltas: false, parallel: 1, interrupt };
      return await lastValueFrom(runWorkflow(workflow, world).pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  const interrupt = new Subject<void>();
  let count = 0;
  const events = await run((event) => {
    if (event.type === 'step-end' && ++count === 2) interrupt.next();
  }, interrupt);
  expect(events.at(-1)).toMatchObject({ status: 'interrupted' });
  const out = (): Promise<string> => readFile(join(folder, 'out.jsonl'), 'utf8');
  return { path, run, out, fake, done: ofType(events, 'row-end').length };
}

/** Puts a journal of an older version, with the same rows, in the place of one. */
async function makeOlder(path: string, version: number): Promise<void> {
  const older = `${path}.older`;
  await rm(older, { force: true });
  const database = new DatabaseSync(older);
  migrate(database, older, migrations.slice(0, version));
  database.exec(`ATTACH '${path}' AS newer`);
  const tables = Array.from(
    database.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").all() as { name: string }[],
  );
  for (const { name } of tables) {
    const columns = Array.from(database.prepare(`PRAGMA main.table_info(${name})`).all() as { name: string }[]);
    const list = columns.map((column) => column.name).join(', ');
    database.exec(`INSERT INTO main.${name} (${list}) SELECT ${list} FROM newer.${name}`);
  }
  database.close();
  const bytes = await readFile(older);
  await rm(dirname(path), { recursive: true });
  await mkdir(dirname(path));
  await writeFile(path, bytes);
}

describe('a journal of an older version', () => {
  test.each(migrations.slice(0, -1).map((_, index) => index + 1))(
    'is brought up to date, from version %d, and its run goes on',
    async (version) => {
      const { path, run, out, fake, done } = await stopped();
      await makeOlder(path, version);
      const old = new DatabaseSync(path);
      expect(versionOf(old)).toBe(version);
      old.close();
      const asked = fake.asked;
      const events = await run();
      expect(events[0]).toMatchObject({ found: 'unfinished' });
      expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 5, ok: 5 } });
      expect(ofType(events, 'row-end').filter(({ reused }) => reused)).toHaveLength(done);
      expect(fake.asked - asked).toBeLessThanOrEqual(5 - done + 1); // and the models that it lists
      expect(await out()).toBe([0, 1, 2, 3, 4].map((n) => `{"key":"k${n}","a":"<text ${n}>"}\n`).join(''));
      const now = new DatabaseSync(path);
      expect(versionOf(now)).toBe(migrations.length);
      now.close();
    },
  );

  test('is opened later where another process is bringing it up to date', async () => {
    const { path } = await stopped();
    await makeOlder(path, 1);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    for (const script of migrations.slice(1)) other.exec(script);
    other.exec(`PRAGMA user_version = ${migrations.length}`);
    const opening = openJournal(path);
    await delay(600);
    other.exec('COMMIT');
    other.close();
    (await opening).close();
  });

  test('stays as it was where a script fails, in all its parts', async () => {
    const { path } = await stopped();
    const database = new DatabaseSync(path);
    const schema = () =>
      Array.from(database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all() as object[]);
    const before = schema();
    const scripts = [...migrations, 'CREATE TABLE more (a)', 'CREATE TABLE most (a); INSERT INTO nowhere VALUES (1)'];
    expect(() => migrate(database, path, scripts)).toThrow(/nowhere/);
    expect(versionOf(database)).toBe(migrations.length);
    expect(schema()).toEqual(before);
    expect(database.isTransaction).toBe(false);
    migrate(database, path, scripts.slice(0, -1));
    expect(versionOf(database)).toBe(migrations.length + 1);
    database.close();
    await expect(openJournal(path)).rejects.toMatchObject({ code: 'JOURNAL_NEWER' });
  });
});
