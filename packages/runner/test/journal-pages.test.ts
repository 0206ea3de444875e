import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type JournalReader, openJournal, type RunEvent, readJournal, runWorkflow, type World } from '@millrace/runner';
import { DatabaseSync } from '@photostructure/sqlite';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { fakeHost, folderWith, loaded } from './scene.ts';

const flow = `model: m
inputs: { tone: { type: string, default: plain } }
each: { from: r.jsonl, key: "\${row.id}", where: "\${row.text != 'out'}" }
steps:
  a: { generate: "say \${row.text}", retry: 0 }
  b: { generate: "again \${row.text}", retry: 0, on_error: skip }
  sum: { over: a, generate: "join \${items.join()}" }
save: { to: out.jsonl, fields: { a: "\${a}" } }
`;
const texts = ['one', 'two', 'out', 'four', 'five', 'six', 'out', 'eight', 'nine', 'ten'];
const rows = texts.map((text, id) => `{"id":"k${id}","text":"${text}"}\n`).join('');

/** Fails `four`, and the second step of `five`. */
async function place(isMended = () => false) {
  const folder = await folderWith({ 'w.yaml': flow, 'r.jsonl': rows });
  const { ollama } = await fakeHost({
    answer: ({ lastText }) => `<${lastText}>`,
    faults: ({ body }) =>
      /say four|again five/.test((body as { prompt?: string } | undefined)?.prompt ?? '') && !isMended()
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : undefined,
  });
  const path = join(folder, 'j', 'journal.db');
  const read = async <Value>(look: (journal: JournalReader) => Value): Promise<Value> => {
    const reader = (await readJournal(path)) as JournalReader;
    try {
      return look(reader);
    } finally {
      reader.close();
    }
  };
  const run = async (world: Partial<World> = {}, note = (_: RunEvent): void => {}) => {
    const journal = await openJournal(path);
    try {
      const asked = { hosts: [ollama], journal, deltas: false, random: () => 0, ...world };
      return await lastValueFrom(runWorkflow(await loaded(join(folder, 'w.yaml')), asked).pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  return { path, read, run };
}

/** What is kept of the counts, and what is there. */
function countsIn(path: string): { readonly kept: unknown; readonly counted: unknown } {
  const database = new DatabaseSync(path);
  try {
    const kept = database
      .prepare('SELECT ok, degraded, failed, skipped FROM runs WHERE counted_pass = pass ORDER BY run DESC LIMIT 1')
      .get();
    const counted = database
      .prepare(
        `SELECT coalesce(sum(rows.status = 'ok'), 0) AS ok, coalesce(sum(rows.status = 'degraded'), 0) AS degraded,
           coalesce(sum(rows.status = 'failed'), 0) AS failed, coalesce(sum(rows.status = 'skipped'), 0) AS skipped
         FROM rows JOIN runs ON runs.run = rows.run AND runs.pass = rows.pass
         WHERE step = '' AND runs.run = (SELECT max(run) FROM runs)`,
      )
      .get();
    return { kept: { ...(kept as object) }, counted: { ...(counted as object) } };
  } finally {
    database.close();
  }
}

describe('what a run keeps of how its rows ended', () => {
  test('is what is there, at each moment of a run, and after an interrupt, a resume and a retry', async () => {
    let isMended = false;
    const { path, run } = await place(() => isMended);
    const same = (): void => {
      const { kept, counted } = countsIn(path);
      expect(kept).toEqual(counted);
    };
    const look = (event: RunEvent): void => {
      if (event.type === 'row-end' || event.type === 'run-end') same();
    };
    const interrupt = new Subject<void>();
    let ended = 0;
    await run({ parallel: 1, interrupt }, (event) => {
      look(event);
      if (event.type === 'row-end' && ++ended === 3) interrupt.next();
    });
    same();
    await run({ parallel: 1 }, look);
    expect(countsIn(path).kept).toEqual({ ok: 6, degraded: 1, failed: 1, skipped: 2 });
    same();
    isMended = true;
    await run({ retry: {} }, look);
    expect(countsIn(path).kept).toEqual({ ok: 7, degraded: 1, failed: 0, skipped: 2 });
    same();
    await run();
    same();
    await run({ inputs: { tone: 'other' } });
    same();
  });

  test('is counted once where a journal of an older version has nothing of it', async () => {
    const { path, run, read } = await place();
    const interrupt = new Subject<void>();
    let ended = 0;
    await run({ parallel: 1, interrupt }, (event) => {
      if (event.type === 'row-end' && ++ended === 4) interrupt.next();
    });
    const database = new DatabaseSync(path);
    database.exec('UPDATE runs SET counted_pass = NULL, ok = 0, degraded = 0, failed = 0, skipped = 0, ended = NULL');
    database.close();
    const { counted } = countsIn(path);
    expect((await read((journal) => journal.find('last'))).counts).toMatchObject(counted as object);
    await run({ parallel: 1 });
    expect(countsIn(path).kept).toEqual({ ok: 6, degraded: 1, failed: 1, skipped: 2 });
  });
});

describe('pages of rows', () => {
  test('have each row once, by how it ended, whatever their size', async () => {
    const { run, read } = await place();
    await run();
    const keysOf = (status: 'ok' | 'degraded' | 'failed' | 'skipped' | undefined, limit: number, maxBytes = 1e6) =>
      read((journal) => {
        const keys: string[] = [];
        for (let after = -1; ; ) {
          const page = journal.rows('last', { status, after, limit, maxBytes });
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          keys.push(...page.rows.map(({ key }) => key));
          if (page.next === undefined) return keys;
          after = page.next;
        }
      });
    const all = texts.map((_, index) => `k${index}`);
    for (const limit of [1, 2, 3, 5, 10, 100]) {
      expect(await keysOf(undefined, limit)).toEqual(all);
      expect(await keysOf('ok', limit)).toEqual(['k0', 'k1', 'k5', 'k7', 'k8', 'k9']);
      expect(await keysOf('degraded', limit)).toEqual(['k4']);
      expect(await keysOf('failed', limit)).toEqual(['k3']);
      expect(await keysOf('skipped', limit)).toEqual(['k2', 'k6']);
    }
    // Of rows that are longer than a page each is one.
    expect(await keysOf(undefined, 10, 1)).toEqual(all);
  });

  test('read no more of the journal than they show, and leave nothing open', async () => {
    const { path, run, read } = await place();
    await run();
    await read((journal) => {
      journal.rows('last', { limit: 1, maxBytes: 1 });
      journal.ended('last', -1, 1);
      journal.runs({ limit: 1 });
      const other = new DatabaseSync(path, { timeout: 0 });
      // An open statement would keep the journal from being folded into one file.
      expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
      for (const [sql, index] of [
        [
          "SELECT * FROM rows WHERE run = 1 AND step = '' AND pass = 1 AND position > 5 AND status = 'ok' ORDER BY position LIMIT 5",
          'rows_ok',
        ],
        [
          "SELECT * FROM rows WHERE run = 1 AND step = '' AND pass = 1 AND position > 5 AND status = 'failed' ORDER BY position LIMIT 5",
          'rows_failed',
        ],
        [
          'SELECT * FROM rows WHERE run = 1 AND pass = 1 AND sequence > 5 ORDER BY sequence LIMIT 5',
          'rows_by_sequence',
        ],
        [
          'SELECT sequence FROM rows WHERE run = 1 AND sequence IS NOT NULL ORDER BY pass DESC, sequence DESC LIMIT 1',
          'rows_by_sequence',
        ],
        ['SELECT * FROM runs WHERE file = 1 ORDER BY run DESC', 'runs_by_file'],
        [
          "SELECT cause FROM rows WHERE run = 1 AND +pass = 1 AND status = 'failed' ORDER BY step, pass, position LIMIT 5",
          'rows_failed',
        ],
      ] as const) {
        const plan = JSON.stringify(other.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
        expect(plan).toContain(index);
        expect(plan).not.toContain('TEMP B-TREE');
      }
      other.close();
    });
  });
});

describe('rows in the order in which they ended', () => {
  test('come each once, groups too, from any place on, with the run as it stands', async () => {
    const { run, read } = await place();
    await run();
    await read((journal) => {
      const whole = journal.ended('last', -1, 1e6);
      expect(whole).toMatchObject({ pass: 1, isLast: true, run: { status: 'done' }, end: { type: 'run-end' } });
      expect(whole.rows.map(({ key }) => key).sort()).toEqual([...texts.map((_, index) => `k${index}`), 'all'].sort());
      const sequences = whole.rows.map(({ sequence }) => sequence);
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      for (const [index, sequence] of sequences.entries())
        expect(journal.ended('last', sequence, 1e6).rows).toEqual(whole.rows.slice(index + 1));
      const first = journal.ended('last', -1, 1);
      expect([first.rows.length, first.isLast]).toEqual([1, false]);
      expect(whole.rows.find(({ key }) => key === 'k3')).toMatchObject({
        status: 'failed',
        error: { code: 'STEP_FAILED' },
        attempts: 1,
      });
    });
  });

  test('come again with later numbers in a new pass', async () => {
    let isMended = false;
    const { run, read } = await place(() => isMended);
    await run();
    const last = await read((journal) => journal.ended('last', -1, 1e6).rows.at(-1)?.sequence ?? -1);
    isMended = true;
    await run({ retry: {} });
    await read((journal) => {
      const again = journal.ended('last', last, 1e6);
      expect(again.pass).toBe(2);
      expect(again.rows.filter(({ step }) => step === undefined)).toHaveLength(texts.length);
      expect(journal.ended('last', -1, 1e6).rows).toEqual(again.rows);
    });
  });
});

test('figures of a journal are those of its runs', async () => {
  const { run, read } = await place();
  await run();
  await run({ inputs: { tone: 'other' } });
  const counts = await read((journal) => journal.counts(Date.now()));
  expect(counts).toEqual({
    runs: { running: 0, done: 2, stopped: 0, interrupted: 0 },
    rows: { ok: 12, degraded: 2, failed: 2, skipped: 4 },
  });
  const interrupt = new Subject<void>();
  await run({ inputs: { tone: 'third' }, interrupt }, (event) => event.type === 'row-end' && interrupt.next());
  expect((await read((journal) => journal.counts(Date.now()))).runs).toMatchObject({ done: 2, interrupted: 1 });
});

test('runs are paged by how they stand', async () => {
  const { run, read } = await place();
  for (const tone of ['a', 'b', 'c']) await run({ inputs: { tone } });
  const interrupt = new Subject<void>();
  await run({ inputs: { tone: 'd' }, interrupt }, (event) => event.type === 'row-end' && interrupt.next());
  await read((journal) => {
    const all = journal.list();
    expect(journal.runs({ limit: 10 })).toEqual({ runs: all });
    const first = journal.runs({ limit: 2, status: 'done' });
    expect(first.runs).toEqual(all.slice(1, 3));
    expect(journal.runs({ limit: 2, status: 'done', before: first.next })).toEqual({ runs: all.slice(3) });
    expect(journal.runs({ limit: 2, status: 'interrupted' })).toEqual({ runs: all.slice(0, 1) });
    expect(journal.runs({ limit: 2, status: 'running' })).toEqual({ runs: [] });
    expect(journal.runs({ limit: 2, file: '/nowhere' })).toEqual({ runs: [] });
    expect(journal.runs({ limit: 9, file: all[0]?.file }).runs).toHaveLength(4);
    expect(journal.runs({ limit: 9, workflow: all[0]?.workflow }).runs).toHaveLength(4);
  });
});
