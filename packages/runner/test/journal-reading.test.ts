import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type JournalReader,
  openJournal,
  type PeekedRun,
  peekRun,
  pruneRuns,
  type RunEvent,
  readJournal,
  replaceResults,
  runWorkflow,
  type World,
} from '@millrace/runner';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { fakeHost, folderWith, loaded } from './scene.ts';

const flow = `model: m
each: { from: r.jsonl, key: "\${row.id}" }
steps:
  a: { generate: "say \${row.text}", retry: 0 }
  sum: { over: a, group_by: "\${row.text.size() > 3}", generate: "join \${items.join()}" }
save: { to: out.jsonl, fields: { a: "\${a}" }, over: { sum: groups.jsonl } }
`;

const rows = ['one', 'two', 'three', 'four'].map((text, id) => `{"id":"${id}","text":"${text}"}\n`).join('');

async function place(failing: readonly string[] = []) {
  const folder = await folderWith({ 'w.yaml': flow, 'r.jsonl': rows });
  const { ollama, fake } = await fakeHost({
    answer: ({ lastText }) => `<${lastText}>`,
    faults: ({ body }) =>
      failing.includes((body as { prompt?: string } | undefined)?.prompt ?? '')
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : undefined,
  });
  const path = join(folder, 'j', 'journal.db');
  const withJournal = async <Value>(
    act: (world: World & { readonly journal: NonNullable<World['journal']> }) => Promise<Value>,
  ) => {
    const journal = await openJournal(path);
    try {
      return await act({ hosts: [ollama], journal, deltas: false, random: () => 0 });
    } finally {
      journal.close();
    }
  };
  return {
    folder,
    path,
    fake,
    run: (world: Partial<World> = {}, note = (_: RunEvent): void => {}): Promise<readonly RunEvent[]> =>
      withJournal(async (own) =>
        lastValueFrom(
          runWorkflow(await loaded(join(folder, 'w.yaml')), { ...own, ...world }).pipe(tap(note), toArray()),
        ),
      ),
    peek: (world: Partial<World> = {}): Promise<PeekedRun | undefined> =>
      withJournal(async (own) =>
        peekRun(await loaded(join(folder, 'w.yaml')), { ...own, ...world, journal: own.journal }),
      ),
    read: async <Value>(act: (journal: JournalReader) => Value): Promise<Value> => {
      const reader = (await readJournal(path)) as JournalReader;
      try {
        return act(reader);
      } finally {
        reader.close();
      }
    },
  };
}

describe('a journal that is read', () => {
  test('is not made where there is none, nor where its folder is not', async () => {
    const folder = await folderWith({ empty: '' });
    expect(await readJournal(join(folder, 'journal.db'))).toBeUndefined();
    expect(await readJournal(join(folder, 'no', 'journal.db'))).toBeUndefined();
    expect(await readJournal(join(folder, 'empty'))).toBeUndefined();
    expect(await pruneRuns(join(folder, 'journal.db'))).toBeUndefined();
    expect([await readdir(folder), await readFile(join(folder, 'empty'), 'utf8')]).toEqual([['empty'], '']);
  });

  test('takes what a process that was killed left beside it into its one file', async () => {
    const { run, read, path } = await place();
    await run();
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const other = new DatabaseSync(path);
    other.exec('UPDATE runs SET run = run');
    expect((await stat(`${path}-wal`)).size).toBeGreaterThan(0);
    expect(await read((journal) => journal.list())).toHaveLength(1);
    expect((await stat(`${path}-wal`)).size).toBe(0);
    other.close();
  });

  test('gives rows, groups and their failures', async () => {
    const { run, read } = await place(['say two', 'join <say three><say four>']);
    await run();
    const shown = await read((journal) => journal.show('last'));
    expect(shown).toMatchObject({
      status: 'done',
      counts: { rows: 4, ok: 3, failed: 1 },
      groups: { ok: 1, failed: 1 },
      retryCauses: { BAD_REQUEST: 2 },
      causes: [{ code: 'BAD_REQUEST', count: 2, keys: ['1', 'true'] }],
    });
    const { row, group } = await read((journal) => ({
      row: journal.row('last', '0'),
      group: journal.row('last', 'false'),
    }));
    expect(row).toMatchObject({
      key: '0',
      status: 'ok',
      result: { a: '<say one>' },
      answers: [{ step: 'a', attempt: 1 }],
    });
    expect(group).toMatchObject({ key: 'false', step: 'sum', status: 'ok', result: { group: false, count: 1 } });
    await expect(read((journal) => journal.row('last', '9'))).rejects.toMatchObject({ code: 'USAGE_INVALID' });
  });

  test('exports in the order of the input, whatever order rows ended in', async () => {
    const { run, read } = await place(['say three']);
    await run({ parallel: 4 });
    const text = (errors: boolean) =>
      read((journal) => [...journal.export('last', { format: 'jsonl', errors })].join(''));
    const keys = (lines: string) =>
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).key);
    expect(keys(await text(false))).toEqual(['0', '1', '3']);
    expect(keys(await text(true))).toEqual(['2']);
    expect(await read((journal) => [...journal.export('last', { format: 'csv' })].join(''))).toBe(
      'key,a\n0,<say one>\n1,<say two>\n3,<say four>\n',
    );
  });

  test('finds a run by what is unique of its id', async () => {
    const { run, read } = await place();
    await run();
    await run({ mode: 'new' });
    await read((journal) => {
      const [newest, oldest] = journal.list();
      expect([newest?.isReplaced, oldest?.isReplaced]).toEqual([false, true]);
      expect(journal.find('last').id).toBe(newest?.id);
      expect(journal.find(oldest?.id.slice(-6) ?? '').id).toBe(oldest?.id);
      for (const word of ['', oldest?.id.slice(0, 4) ?? '', 'nothing-like-it'])
        expect(() => journal.find(word)).toThrow(expect.objectContaining({ code: 'RUN_NOT_FOUND' }));
    });
  });
});

describe('peekRun', () => {
  test('tells what a run would find, and holds nothing', async () => {
    const { folder, run, peek, fake } = await place();
    expect(await peek()).toBeUndefined();
    const [start] = await run();
    const { id } = start as { readonly id: string };
    const before = fake.asked;
    expect(await peek({ hosts: [] })).toEqual({ id, isFinished: true, isAnswered: true });
    expect(fake.asked).toBe(before);
    expect(await peek({ retry: {} })).toEqual({ id, isFinished: false, isAnswered: false });
    expect(await peek({ first: 2 })).toEqual({ id, isFinished: false, isAnswered: false });
    expect(await peek({ mode: 'new' })).toBeUndefined();
    await writeFile(join(folder, 'out.jsonl'), '');
    expect(await peek()).toEqual({ id, isFinished: false, isAnswered: true });
  });
});

describe('pruneRuns', () => {
  test('deletes a run with all that belongs to it, and no other', async () => {
    const { run, path, read } = await place();
    await run();
    const before = await read((journal) => journal.list()[0]?.id);
    await run({ mode: 'new' });
    const kept = await read((journal) => [...journal.export('last', { format: 'jsonl' })].join(''));
    expect(await pruneRuns(path)).toMatchObject({ runs: [{ id: before }], rows: 6, isReclaimed: true });
    expect(await read((journal) => [...journal.export('last', { format: 'jsonl' })].join(''))).toBe(kept);
    const { DatabaseSync } = await import('@photostructure/sqlite');
    const database = new DatabaseSync(path, { readOnly: true });
    for (const table of ['runs', 'rows', 'answers', 'failures', 'items', 'files']) {
      const owner = ['answers', 'failures', 'items'].includes(table)
        ? 'row NOT IN (SELECT row FROM rows)'
        : 'run NOT IN (SELECT run FROM runs)';
      expect(database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${owner}`).get()).toEqual({ count: 0 });
    }
    database.close();
    expect(await pruneRuns(path)).toMatchObject({ runs: [], rows: 0 });
  });

  test('keeps what can be continued, what is young and what is in work', async () => {
    const { run, path } = await place();
    const interrupt = new Subject<void>();
    await run({ interrupt, parallel: 1 }, (event) => {
      if (event.type === 'row-end') interrupt.next();
    });
    await run({ inputs: {}, due: 1 });
    const hour = 3_600_000;
    // The newest is the one that was due; the other can be continued.
    expect(await pruneRuns(path)).toMatchObject({ runs: [] });
    expect(await pruneRuns(path, { all: true, olderThanMs: hour, dryRun: true })).toMatchObject({ runs: [] });
    expect(
      (await pruneRuns(path, { all: true, olderThanMs: hour, dryRun: true, now: Date.now() + 2 * hour }))?.runs,
    ).toHaveLength(2);
    let during: unknown;
    await run({}, (event) => {
      if (event.type === 'row-end') during ??= pruneRuns(path, { all: true, keep: 0 });
    });
    const pruned = (await during) as { readonly runs: readonly { readonly due?: number }[] };
    expect(pruned.runs.map(({ due }) => due)).toEqual([1]);
  });
});

test('replaceResults leaves what was there where the lines fail', async () => {
  const folder = await folderWith({ 'o.jsonl': '{"key":"1"}\n', 'mine.jsonl': 'mine\n' });
  const broken = function* () {
    yield '{"key":"2"}\n';
    throw new Error('lost');
  };
  await expect(replaceResults(join(folder, 'o.jsonl'), broken())).rejects.toThrow('lost');
  await expect(replaceResults(join(folder, 'mine.jsonl'), ['x'])).rejects.toMatchObject({ code: 'SAVE_FAILED' });
  expect(await readFile(join(folder, 'o.jsonl'), 'utf8')).toBe('{"key":"1"}\n');
  await replaceResults(join(folder, 'o.jsonl'), ['{"key":"3"}\n', '{"key":"4"}\n']);
  expect(await readFile(join(folder, 'o.jsonl'), 'utf8')).toBe('{"key":"3"}\n{"key":"4"}\n');
  expect((await readdir(folder)).sort()).toEqual(['mine.jsonl', 'o.jsonl']);
});
