import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openJournal, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { type FakeOllamaOptions, withoutRights } from '@millrace/testing';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { giveUp, isHeld, refuseIfHeld } from '../src/journal/lease.ts';
import { thisProcess } from '../src/journal/process-owner.ts';
import { openGrowingFile } from '../src/save/growing-file.ts';
import { buildChild, type ChildAsk, errorOf, startChild } from './run-in-child.ts';
import { fakeHost, folderWith, loaded, ofType } from './scene.ts';

// Some tests start processes, on a machine that may be busy.
jest.setTimeout(60_000);

const rowsOf = (count: number): string =>
  Array.from({ length: count }, (_, n) => `${JSON.stringify({ id: `k${n}`, text: `text ${n}` })}\n`).join('');

interface PlaceOptions {
  readonly rows?: number;
  /** More of `save:`. */
  readonly save?: string;
  /** Characters of each answer, at least. */
  readonly length?: number;
  readonly faults?: FakeOllamaOptions['faults'];
  /** In place of a folder of its own. */
  readonly folder?: string;
}

/** A folder with a workflow of some rows, and a server that answers each. */
async function place({ rows = 6, save = '', length = 0, faults, folder }: PlaceOptions = {}) {
  const yaml = `model: m\neach: { from: r.jsonl, key: "\${row.id}" }\nsteps: { a: { generate: "\${row.text}" } }\nsave: { to: out.jsonl, fields: { a: "\${a}" }${save} }\n`;
  const files = { 'r.jsonl': rowsOf(rows), 'w.yaml': yaml };
  const home = folder ?? (await folderWith(files));
  if (folder !== undefined) for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const answerOf = (text: string): string => `<${text}>`.padEnd(length, '.');
  const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => answerOf(lastText), ...(faults && { faults }) });
  const path = (name: string): string => join(home, name);
  const journalPath = path('.millrace/journal.db');
  const run = async (world: Partial<World> = {}, note = (_: RunEvent): void => {}): Promise<readonly RunEvent[]> => {
    const journal = await openJournal(journalPath);
    try {
      const events$ = runWorkflow(await loaded(path('w.yaml')), { hosts: [ollama], deltas: false, journal, ...world });
      return await lastValueFrom(events$.pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  /** A run that ends after so many rows. */
  const interrupted = async (after: number, world: Partial<World> = {}) => {
    const interrupt = new Subject<void>();
    let ended = 0;
    const events = await run({ parallel: 1, interrupt, ...world }, (event) => {
      if (event.type === 'row-end' && ++ended === after) interrupt.next();
    });
    expect(events.at(-1)).toMatchObject({ status: 'interrupted' });
    return events;
  };
  const database = <Value>(act: (database: DatabaseSyncInstance) => Value): Value => {
    const opened = new DatabaseSync(journalPath);
    try {
      return act(opened);
    } finally {
      opened.close();
    }
  };
  const expected = Array.from(
    { length: rows },
    (_, n) => `${JSON.stringify({ key: `k${n}`, a: answerOf(`text ${n}`) })}\n`,
  ).join('');
  const prompts = (): string[] => fake.requests.flatMap(({ body }) => (body as { prompt?: string })?.prompt ?? []);
  const ask: ChildAsk = { file: path('w.yaml'), host: fake.url, journal: journalPath };
  const out = (): Promise<string> => readFile(path('out.jsonl'), 'utf8');
  return { path, journalPath, run, interrupted, database, expected, prompts, ask, out, fake };
}

let programs = '';
let program = '';

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'millrace-child-'));
  program = await buildChild(programs);
});

afterAll(() => rm(programs, { recursive: true, force: true }));

describe('a damaged journal', () => {
  /** Puts other bytes in the place of a journal, in a file that nobody has open. */
  const replace = async (path: string, bytes: Uint8Array): Promise<void> => {
    await rm(dirname(path), { recursive: true });
    await mkdir(dirname(path));
    await writeFile(path, bytes);
  };
  /** As the hint of the error says. */
  const moveAway = (path: string): Promise<void> => rename(path, `${path}.damaged`);
  const random = Uint8Array.from({ length: 20_000 }, (_, n) => (n * 7919 + 13) % 251);

  test.each([
    ['is random bytes', () => random],
    ['was cut in the middle of a page', (bytes: Buffer) => bytes.subarray(0, 10_000)],
    ['has lost its head', (bytes: Buffer) => bytes.fill(0xff, 0, 4096)],
  ])('that %s is said to be damaged, with what to do, and nothing is touched', async (_, damage) => {
    const scene = await place();
    await scene.run();
    const before = await scene.out();
    await replace(scene.journalPath, damage(await readFile(scene.journalPath)));
    await expect(scene.run()).rejects.toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining(scene.journalPath),
      hint: expect.stringContaining('Move it away'),
    });
    expect(await scene.out()).toBe(before);
    await moveAway(scene.journalPath);
    expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { ok: 6 } });
    expect(await scene.out()).toBe(scene.expected);
  });

  test('of which one page is wrong, whichever, ends the run with that error, or does no harm', async () => {
    const scene = await place({ rows: 60, length: 300 });
    await scene.interrupted(30);
    const whole = await readFile(scene.journalPath);
    const wholeOut = await scene.out();
    const results: string[] = [];
    const pages = whole.length / 4096;
    for (let page = 1; page < pages; page += Math.ceil(pages / 20)) {
      await replace(scene.journalPath, Buffer.from(whole).fill(0xff, page * 4096, (page + 1) * 4096));
      await writeFile(scene.path('out.jsonl'), wholeOut);
      const result = await scene.run().then(
        () => 'well',
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      );
      results.push(result);
      if (result === 'well') expect(await scene.out()).toBe(scene.expected);
    }
    expect(new Set(results)).toEqual(new Set(['well', 'JOURNAL_CORRUPT']));
    await moveAway(scene.journalPath);
    await scene.run();
    expect(await scene.out()).toBe(scene.expected);
  });
});

describe('a journal that cannot be used', () => {
  test('because a newer version wrote it stays as it is', async () => {
    const scene = await place();
    await scene.run();
    scene.database((database) => database.exec('PRAGMA user_version = 999'));
    const before = await readFile(scene.journalPath);
    await expect(scene.run()).rejects.toMatchObject({
      code: 'JOURNAL_NEWER',
      message: expect.stringContaining('version 999'),
      hint: expect.stringContaining('Use that version'),
    });
    expect(await readFile(scene.journalPath)).toEqual(before);
  });

  test('because its folder may not be read is named, with its permissions', async () => {
    const scene = await place();
    await scene.run();
    await withoutRights(scene.path('.millrace'), () =>
      expect(scene.run()).rejects.toMatchObject({
        code: 'JOURNAL_UNUSABLE',
        message: expect.stringContaining(scene.journalPath),
        hint: expect.stringContaining('permissions'),
      }),
    );
    expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
  });

  test('because it may be read, but not written, is not taken for a journal without runs', async () => {
    const scene = await place();
    await scene.run();
    await chmod(scene.path('.'), 0o755);
    await chmod(scene.path('.millrace'), 0o555);
    await chmod(scene.journalPath, 0o444);
    // Nobody in particular reads all that the workflow needs, and writes nothing.
    await writeFile(scene.path('other'), '');
    await withoutRights(scene.path('other'), () =>
      expect(scene.run()).rejects.toMatchObject({ code: 'JOURNAL_UNUSABLE' }),
    );
    expect(scene.prompts()).toHaveLength(6);
  });

  test('because there is a file in the place of its folder says so, and leaves the file', async () => {
    const scene = await place();
    await writeFile(scene.path('.millrace'), 'mine');
    await expect(scene.run()).rejects.toMatchObject({
      code: 'JOURNAL_UNUSABLE',
      message: expect.stringContaining(`\`${scene.path('.millrace')}\` is no folder`),
      hint: expect.stringContaining('Move away'),
    });
    expect(await readFile(scene.path('.millrace'), 'utf8')).toBe('mine');
    expect(scene.prompts()).toEqual([]);
  });

  test('because it is a folder itself says so', async () => {
    const scene = await place();
    await mkdir(scene.journalPath, { recursive: true });
    await expect(scene.run()).rejects.toMatchObject({ code: 'JOURNAL_UNUSABLE' });
  });
});

/** Rows that were answered, and asked for once only. */
const askedTwice = (prompts: readonly string[]): number => prompts.length - new Set(prompts).size;

test('a run whose journal may not grow ends with an error, and the same command goes on when there is room again', async () => {
  const scene = await place({ rows: 300, length: 2000 });
  const child = startChild(program, scene.ask, ['bash', '-c', 'ulimit -f 300; exec "$@"', 'bash']);
  const error = errorOf(await child.ended);
  expect(error).toMatchObject({ code: 'JOURNAL_UNUSABLE', hint: expect.stringContaining('free space') });
  const asked = scene.prompts().length;
  const events = await scene.run();
  expect(events[0]).toMatchObject({ found: 'unfinished' });
  expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 300, ok: 300 } });
  expect(await scene.out()).toBe(scene.expected);
  const reused = ofType(events, 'row-end').filter((end) => end.reused).length;
  expect(reused).toBeGreaterThan(0);
  expect(scene.prompts().length - asked).toBeLessThanOrEqual(300 - reused);
});

const disks: string[] = [];

afterEach(() => {
  for (const disk of disks.splice(0)) execFileSync('umount', ['-l', disk]);
});

/** A disk of a few bytes, which only root may make. */
async function smallDisk(size: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' });
  disks.push(folder);
  return folder;
}

const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

if (canMount)
  describe('on a full disk', () => {
    test('that holds all, the run ends with what to do, and this same process goes on when there is room', async () => {
      const folder = await smallDisk('1m');
      const scene = await place({ rows: 300, length: 3000, folder });
      await expect(scene.run()).rejects.toMatchObject({
        message: expect.stringContaining('the disk is full'),
        hint: expect.stringContaining('Free some space'),
      });
      // Still full: no harm.
      await expect(scene.run()).rejects.toMatchObject({ message: expect.stringContaining('the disk is full') });
      execFileSync('mount', ['-o', 'remount,size=64m', folder]);
      const events = await scene.run();
      expect(events[0]).toMatchObject({ found: 'unfinished' });
      expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 300, ok: 300 } });
      expect(await scene.out()).toBe(scene.expected);
      expect(ofType(events, 'row-end').filter((end) => end.reused).length).toBeGreaterThan(10);
    });

    test('that holds the results, what the journal has is written when there is room', async () => {
      const folder = await smallDisk('128k');
      const scene = await place({ rows: 200, length: 3000, folder });
      const elsewhere = await folderWith({});
      await rm(scene.path('.millrace'), { recursive: true, force: true });
      execFileSync('ln', ['-s', elsewhere, scene.path('.millrace')]);
      await expect(scene.run()).rejects.toMatchObject({
        code: 'SAVE_FAILED',
        message: expect.stringContaining('out.jsonl` cannot be written: the disk is full'),
        hint: expect.stringContaining('Free some space'),
      });
      execFileSync('mount', ['-o', 'remount,size=64m', folder]);
      expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { rows: 200, ok: 200 } });
      expect(await scene.out()).toBe(scene.expected);
      expect(askedTwice(scene.prompts())).toBeLessThan(40);
    });
  });

describe('the lease of a run', () => {
  const hold = (scene: Awaited<ReturnType<typeof place>>, owner: object, heardAt: number): void =>
    scene.database((database) => {
      database.prepare('UPDATE runs SET owner = ?, heard_at = ?').run(JSON.stringify(owner), heardAt);
    });

  test('of a process whose number another one has now is taken over at once', async () => {
    const scene = await place();
    await scene.interrupted(2);
    hold(scene, { host: hostname(), pid: process.pid, started: 'another start', token: 'x' }, Date.now());
    expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { ok: 6 } });
    expect(await scene.out()).toBe(scene.expected);
  });

  test('of another machine is kept as long as it is heard of, and a minute more', async () => {
    const scene = await place();
    await scene.interrupted(2);
    const heardAt = 1_700_000_000_000;
    hold(scene, { host: 'elsewhere', pid: 1, started: 'x', token: 'x' }, heardAt);
    await expect(scene.run({ now: () => heardAt + 59_000 })).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message: expect.stringContaining('elsewhere'),
      hint: expect.stringContaining('Wait'),
    });
    expect((await scene.run({ now: () => heardAt + 60_001 })).at(-1)).toMatchObject({ status: 'done' });
    expect(await scene.out()).toBe(scene.expected);
  });

  test.each(['input', 'completion'])(
    'is lost by a process that slept too long: it stops, and writes nothing more (order: %s)',
    async (order) => {
      const scene = await place({
        rows: 40,
        save: `, order: ${order}`,
        faults: ({ body }, n) =>
          (body as { prompt?: string })?.prompt === 'text 3' && n < 8 ? { kind: 'stall', ms: 1500 } : undefined,
      });
      const child = startChild(program, { ...scene.ask, parallel: 2, heardMs: 20 });
      await child.saw((line) => line.type === 'row-end' && line.index >= 8);
      child.process.kill('SIGSTOP');
      // It is there, so that nobody takes it from it.
      await expect(scene.run()).rejects.toMatchObject({ code: 'RUN_BUSY' });
      // Seen from another machine, it is only silent.
      scene.database((database) =>
        database.exec(`UPDATE runs SET owner = json_set(owner, '$.host', 'elsewhere'), heard_at = 0`),
      );
      const taken = await scene.run();
      expect(taken.at(-1)).toMatchObject({ status: 'done', counts: { rows: 40, ok: 40 } });
      const out = await scene.out();
      const rows = (): unknown =>
        scene.database((database) =>
          Array.from(database.prepare('SELECT * FROM rows').all()).concat(
            Array.from(database.prepare('SELECT * FROM answers').all()),
            Array.from(database.prepare('SELECT * FROM files').all()),
          ),
        );
      const before = rows();
      child.process.kill('SIGCONT');
      const lines = await child.ended;
      expect(errorOf(lines)).toMatchObject({ code: 'RUN_LOST', message: expect.stringContaining('taken over') });
      expect(await scene.out()).toBe(out);
      expect(rows()).toEqual(before);
      const sorted = (text: string): string[] => text.split('\n').sort();
      if (order === 'input') expect(out).toBe(scene.expected);
      else expect(sorted(out)).toEqual(sorted(scene.expected));
      expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
      expect((await readdir(scene.path('.'))).filter((name) => name.startsWith('.millrace-'))).toEqual([]);
    },
  );

  test.each(['out.parquet', '"out/${key}.md"'])('that is lost leaves %s to the other process', async (to) => {
    const scene = await place({ rows: 40 });
    await writeFile(
      scene.path('w.yaml'),
      (await readFile(scene.path('w.yaml'), 'utf8')).replace('to: out.jsonl', `to: ${to}`),
    );
    let isStolen = false;
    const steal = ({ type }: RunEvent): void => {
      if (type !== 'row-end' || isStolen) return;
      isStolen = true;
      scene.database((database) => database.exec(`UPDATE runs SET owner = json_set(owner, '$.host', 'elsewhere')`));
    };
    await expect(scene.run({ parallel: 1 }, steal)).rejects.toMatchObject({ code: 'RUN_LOST' });
    expect(existsSync(scene.path('out.parquet'))).toBe(false);
    const now = existsSync(scene.path('out')) ? readdirSync(scene.path('out')) : [];
    // Of the rows that were committed when it was lost, and no others.
    const committed = scene.database((database) =>
      database.prepare('SELECT count(*) AS count FROM rows WHERE status IS NOT NULL').get(),
    ) as { count: number };
    expect(now.length).toBeLessThanOrEqual(committed.count);
    scene.database((database) => database.exec('UPDATE runs SET heard_at = 0'));
    expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { ok: 40 } });
    if (to !== 'out.parquet') expect(readdirSync(scene.path('out'))).toHaveLength(40);
  });

  test('that cannot be given back is known to be free in this process', () => {
    const lease = JSON.stringify({ ...thisProcess(), token: 'of a journal on a full disk' });
    expect(isHeld(lease, 0, Date.now())).toBe(true);
    giveUp(lease);
    expect(isHeld(lease, Date.now(), Date.now())).toBe(false);
    expect(refuseIfHeld('It', lease, Date.now(), Date.now())).toBe(false);
  });

  test('a write that was on its way when the lease was lost reaches no file that is read', async () => {
    const path = join(await folderWith({}), 'out.jsonl');
    const sleeper = await openGrowingFile(path, { length: 0, checksum: 0 });
    await sleeper.append('one\n');
    const known = { length: sleeper.length, checksum: sleeper.checksum };
    await sleeper.append('not noted\n');
    await chmod(path, 0o640);
    const taker = await openGrowingFile(path, known, true);
    await taker.append('two\n');
    await sleeper.append('too late\n');
    await taker.append('three\n');
    await Promise.all([sleeper.close(), taker.close()]);
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n');
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });
});

describe('a journal that others use', () => {
  test('is committed to later where another process holds it for a second', async () => {
    const scene = await place({ rows: 30 });
    const other = { open: undefined as DatabaseSyncInstance | undefined };
    let freed: Promise<unknown> = Promise.resolve();
    const events = await scene.run({ parallel: 2 }, (event) => {
      if (event.type !== 'row-end' || other.open) return;
      const database = new DatabaseSync(scene.journalPath);
      other.open = database;
      database.exec('BEGIN IMMEDIATE');
      freed = delay(1000).then(() => {
        database.exec('ROLLBACK');
        database.close();
      });
    });
    await freed;
    expect(other.open).toBeDefined();
    expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 30, ok: 30 } });
    expect(await scene.out()).toBe(scene.expected);
    expect(askedTwice(scene.prompts())).toBe(0);
  });

  test('lets a run go that ends while another process holds it', async () => {
    const scene = await place({ rows: 3, save: ', order: completion' });
    let freed: Promise<unknown> = Promise.resolve();
    let count = 0;
    await scene.run({ parallel: 1 }, (event) => {
      if (event.type !== 'row-end' || ++count < 3) return;
      const database = new DatabaseSync(scene.journalPath);
      database.exec('BEGIN IMMEDIATE');
      freed = delay(600).then(() => {
        database.exec('ROLLBACK');
        database.close();
      });
    });
    await freed;
    expect(scene.database((database) => database.prepare('SELECT status, owner FROM runs').get())).toMatchObject({
      status: 'done',
      owner: null,
    });
  });

  test('serves two processes with two workflows at once', async () => {
    const scene = await place({ rows: 150 });
    const yaml = await readFile(scene.path('w.yaml'), 'utf8');
    await writeFile(scene.path('v.yaml'), yaml.replace('out.jsonl', 'other.jsonl'));
    const children = ['w.yaml', 'v.yaml'].map((name) => startChild(program, { ...scene.ask, file: scene.path(name) }));
    for (const child of children)
      expect((await child.ended).at(-1)).toMatchObject({ type: 'run-end', status: 'done', counts: { ok: 150 } });
    expect(await scene.out()).toBe(scene.expected);
    expect(await readFile(scene.path('other.jsonl'), 'utf8')).toBe(scene.expected);
  });

  test('is begun by two processes at once, of which one makes its tables', async () => {
    const scene = await place({ rows: 5 });
    const children = [1, 2, 3, 4].map(() => startChild(program, scene.ask));
    const ends = await Promise.all(children.map(({ ended }) => ended));
    // One runs it; the others come too early or too late.
    for (const lines of ends) {
      const error = errorOf(lines);
      if (error) expect(error.code).toBe('RUN_BUSY');
      else expect(lines.at(-1)).toMatchObject({ status: 'done', counts: { ok: 5 } });
    }
    expect(await scene.out()).toBe(scene.expected);
    expect(scene.prompts()).toHaveLength(5);
  });
});

test('a file of a row that was written, but not noted before its process was killed, is no stranger', async () => {
  const scene = await place();
  const yaml = (await readFile(scene.path('w.yaml'), 'utf8')).replace('to: out.jsonl', 'to: "out/${key}.md"');
  await writeFile(scene.path('w.yaml'), yaml);
  await scene.interrupted(3);
  expect(readdirSync(scene.path('out')).length).toBeGreaterThanOrEqual(3);
  scene.database((database) => database.exec('DELETE FROM files WHERE of_row = 1'));
  expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { ok: 6 } });
  expect(readdirSync(scene.path('out')).sort()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `k${n}.md`));
  expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
});

test.each(['input', 'completion'])(
  'an outage of the machine that undoes the last commits, but not what was saved, doubles nothing (order: %s)',
  async (order) => {
    const scene = await place({ rows: 30, save: `, order: ${order}` });
    await scene.interrupted(4);
    const earlier = await readFile(scene.journalPath);
    await scene.interrupted(12);
    const later = await scene.out();
    await rm(scene.path('.millrace'), { recursive: true });
    await mkdir(scene.path('.millrace'));
    await writeFile(scene.journalPath, earlier);
    const events = await scene.run();
    expect(events[0]).toMatchObject({ found: 'unfinished' });
    expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 30, ok: 30 } });
    expect(later.split('\n').length).toBeGreaterThan(5);
    const sorted = (text: string): string[] => text.split('\n').sort();
    if (order === 'input') expect(await scene.out()).toBe(scene.expected);
    else expect(sorted(await scene.out())).toEqual(sorted(scene.expected));
  },
);
