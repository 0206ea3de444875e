import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadWorkflow } from '@millrace/runner';
import { estimateTokens } from '@millrace/schema';
import { Subject } from 'rxjs';
import { batchesOf } from '../src/reduce/batches.ts';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

const each = 'model: m\neach: { from: r.jsonl, key: "${row.id}" }\n';

const over = (rows: readonly object[], yaml: string) =>
  folderWith({ 'r.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''), 'w.yaml': each + yaml });

describe('groups', () => {
  test('keep the order of the input, whatever order the rows ended in', async () => {
    const folder = await over(
      [0, 1, 2, 3].map((id) => ({ id, g: id % 2 === 0 ? 'even' : 'odd' })),
      'steps:\n  a: { generate: "${row.id}" }\n  d: { over: a, group_by: "${row.g}", set: "${items}" }\n',
    );
    const { ollama } = await fakeHost({
      answer: ({ lastText }) => lastText,
      faults: ({ body }) => ({ kind: 'stall', ms: 200 - 60 * Number((body as { prompt: string }).prompt) }),
    });
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], parallel: 4 });
    expect(ofType(events, 'row-end').map(({ index }) => index)).toEqual([3, 2, 1, 0]);
    expect(ofType(events, 'group-end').map(({ group, value }) => [group, value])).toEqual([
      ['even', ['0', '2']],
      ['odd', ['1', '3']],
    ]);
  });

  test('of different types are different groups, and one called like a prototype is only a name', async () => {
    const groups = [1, '1', true, 'true', null, '__proto__', 'constructor'];
    const folder = await over(
      [...groups, ...groups].map((g, id) => ({ id, g })),
      'steps: { a: { set: "${row.id}" }, d: { over: a, group_by: "${row.g}", set: "${size(items)}" } }\nsave: { to: o.jsonl }\n',
    );
    await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] });
    expect(await readJsonl(join(folder, 'o.d.jsonl'))).toEqual(groups.map((group) => ({ group, count: 2, value: 2 })));
  });

  test('a group_by that names none fails its row, which is in no group', async () => {
    const folder = await over(
      [
        { id: 1, g: 'x' },
        { id: 2, g: ['x'] },
      ],
      'steps: { a: { set: "${row.id}" }, d: { over: a, group_by: "${row.g}", set: "${items}" } }\nsave: { to: o.jsonl }\n',
    );
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 1, failed: 1 } });
    expect(ofType(events, 'group-end')).toMatchObject([{ group: 'x', value: [1] }]);
  });

  test('have only ok values: not those of skipped steps, nor any of a row that failed', async () => {
    const folder = await over(
      [{ id: 1 }, { id: 2 }, { id: 3 }],
      'steps:\n  a: { set: "${row.id}", when: "${row.id != 1}" }\n  b: { generate: "b ${row.id}" }\n  d: { over: a, set: "${items}" }\nsave: { to: o.jsonl }\n',
    );
    const { ollama } = await fakeHost({
      faults: ({ body }) =>
        (body as { prompt: string }).prompt === 'b 3'
          ? { kind: 'status', status: 400, body: { error: 'no' } }
          : undefined,
    });
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
    expect(ofType(events, 'group-end')).toMatchObject([{ value: [2] }]);
  });

  test('without any item there is no group, and its file is empty', async () => {
    const folder = await over(
      [{ id: 1 }],
      'steps: { a: { set: 1, when: "${false}" }, d: { over: a, set: "${items}" } }\nsave: { to: o.jsonl }\n',
    );
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] });
    expect(ofType(events, 'group-end')).toEqual([]);
    expect(await readJsonl(join(folder, 'o.d.jsonl'))).toEqual([]);
  });

  test('do not run after an interrupt', async () => {
    const folder = await over(
      [{ id: 1 }, { id: 2 }],
      'steps: { a: { generate: "${row.id}" }, d: { over: a, set: "${items}" } }\nsave: { to: o.jsonl }\n',
    );
    const interrupt = new Subject<void>();
    const { ollama, fake } = await fakeHost({
      faults: () => ({ kind: 'stall', afterTokens: 1 }),
      onEvent: (_, event) => {
        if (event === 'arrived') setImmediate(() => interrupt.next());
      },
    });
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], parallel: 1, interrupt });
    expect(events.at(-1)).toMatchObject({ status: 'interrupted' });
    expect(ofType(events, 'group-end')).toEqual([]);
    await fake.waitFor(() => fake.inFlight === 0);
  });
});

describe('batches', () => {
  const items = Array.from({ length: 10 }, (_, n) => `item number ${n}`);

  test('by number, and all at once without a fold', () => {
    expect([...batchesOf(items, 4, () => 0)].map(({ length }) => length)).toEqual([4, 4, 2]);
    expect([...batchesOf(items, undefined, () => 0)]).toEqual([items]);
    expect([...batchesOf(items, 1, () => 0)].every(({ length }) => length === 2)).toBe(true);
  });

  test('by tokens: as many as there is room for, but never one alone while there is another', () => {
    const room = 4 * (estimateTokens('item number 0') + 1);
    expect([...batchesOf(items, 'auto', () => room)].map(({ length }) => length)).toEqual([4, 4, 2]);
    expect([...batchesOf(items, 'auto', () => 0)].map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
    expect([...batchesOf(items, 'auto', () => room)].flat()).toEqual(items);
  });

  test('a fold of many items ends in one, with every item in it and in order', async () => {
    const rows = Array.from({ length: 101 }, (_, id) => ({ id }));
    const folder = await over(
      rows,
      'steps: { a: { set: "${string(row.id)}" }, d: { over: a, fold: 3, set: "${items.join(\\",\\")}" } }\nsave: { to: o.jsonl }\n',
    );
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] });
    expect(ofType(events, 'group-end')).toMatchObject([{ count: 101, value: rows.map(({ id }) => id).join(',') }]);
  });
});

describe('files', () => {
  const yaml = 'steps: { a: { set: 1 }, d: { over: a, set: "${items}" } }\n';

  test('a reduce goes beside the target of the command line, where it has no file of its own', async () => {
    const folder = await over([{ id: 1 }], `${yaml}save: { to: o.jsonl }\n`);
    const to = join(folder, 'elsewhere', 'there.csv');
    const workflow = await loaded(join(folder, 'w.yaml'), { to });
    expect(workflow.overTo).toEqual({ d: join(folder, 'elsewhere', 'there.d.jsonl') });
    await allEvents(workflow, { hosts: [] });
    expect(await readJsonl(workflow.overTo.d as string)).toEqual([{ group: null, count: 1, value: [1] }]);
  });

  test('without a file the groups go to standard output, behind the rows, and it is closed once', async () => {
    const folder = await over([{ id: 1 }], yaml);
    const written: string[] = [];
    let closed = 0;
    const stdout = { write: async (lines: string) => void written.push(lines), close: async () => void closed++ };
    await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [], stdout });
    expect(written.join('')).toBe('{"key":"1","id":1,"a":1}\n{"group":null,"count":1,"value":[1]}\n');
    expect(closed).toBe(1);
  });

  test('an earlier file of groups is replaced, one of somebody else is not', async () => {
    const folder = await over([{ id: 1 }], `${yaml}save: { to: o.jsonl }\n`);
    const workflow = await loaded(join(folder, 'w.yaml'));
    await allEvents(workflow, { hosts: [] });
    await allEvents(workflow, { hosts: [] });
    await writeFile(join(folder, 'o.d.jsonl'), 'mine');
    await expect(allEvents(workflow, { hosts: [] })).rejects.toMatchObject({ code: 'SAVE_FAILED' });
  });

  test('two outputs in one file are refused', async () => {
    const folder = await over([{ id: 1 }], `${yaml}save: { to: o.jsonl, errors: ./o.jsonl }\n`);
    const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
    expect(diagnostics).toMatchObject([{ code: 'VALUE_INVALID', path: 'save.errors' }]);
    await writeFile(join(folder, 'w.yaml'), `${each}${yaml}save: { to: o.jsonl, errors: bad.jsonl }\n`);
    const to = join(folder, 'bad.jsonl');
    await expect(loaded(join(folder, 'w.yaml'), { to })).rejects.toMatchObject({ code: 'SAVE_FAILED' });
  });
});
