import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { openJournal, type World } from '@millrace/runner';
import { concatMap, lastValueFrom, map, type Observable, of, Subscription, timer } from 'rxjs';
import { openDatabase } from '../src/journal/database.ts';
import { createItemTable } from '../src/journal/item-table.ts';
import { type CallItems, foldItems } from '../src/reduce/fold-items.ts';
import type { WholeStep } from '../src/run-elements.ts';
import { allEvents, folderWith, loaded, readJsonl } from './scene.ts';

jest.setTimeout(60_000);

const whole = (value: unknown): WholeStep => ({
  type: 'done',
  value,
  thinking: '',
  usage: undefined,
  messages: [],
  items: [value],
});

describe('a fold', () => {
  /** Numbers that know how many of them are out. */
  function counted(total: number) {
    const counts = { out: 0, most: 0, isOver: false };
    const numbers = function* (): Generator<number> {
      try {
        for (let n = 0; n < total; n++) {
          counts.out++;
          counts.most = Math.max(counts.most, counts.out);
          yield n;
        }
      } finally {
        counts.isOver = true;
      }
    };
    return { counts, numbers: numbers() };
  }

  const sum = (items: readonly unknown[]): number => (items as number[]).reduce((total, item) => total + item, 0);

  test('of many items has those in memory that are in work, and no others', async () => {
    const total = 200_000;
    const { counts, numbers } = counted(total);
    const places: string[] = [];
    const call: CallItems = (items, { round = -1, element = -1 }) => {
      places.push(`${round} ${element} ${items.length}`);
      return timer(0).pipe(
        map(() => {
          if (round === 0) counts.out -= items.length;
          return whole(sum(items));
        }),
      );
    };
    const done = await lastValueFrom(foldItems(numbers, 100, call, () => 0));
    expect(done).toMatchObject({ type: 'done', value: (total * (total - 1)) / 2 });
    expect(counts.most).toBeLessThanOrEqual(66 * 100 + 1);
    // The same places as ever, so that answers are found again.
    expect(places.slice(0, 2000)).toEqual(Array.from({ length: 2000 }, (_, n) => `0 ${n} 100`));
    expect(places.slice(2000)).toEqual([...Array.from({ length: 20 }, (_, n) => `1 ${n} 100`), '2 -1 20']);
  });

  test('by tokens reads no further than the batches in work either', async () => {
    const { counts, numbers } = counted(5_000);
    const call: CallItems = (items, { round }) =>
      timer(0).pipe(
        map(() => {
          if (round === 0) counts.out -= items.length;
          return whole(sum(items));
        }),
      );
    const done = await lastValueFrom(foldItems(numbers, 'auto', call, () => 10));
    expect(done).toMatchObject({ value: 12_497_500 });
    expect(counts.most).toBeLessThan(500);
  });

  test('that nobody waits for any more reads no further, and closes what it reads', async () => {
    const { counts, numbers } = counted(100_000);
    const running = new Subscription();
    await new Promise<void>((resolve) => {
      const call: CallItems = (): Observable<WholeStep> => timer(0).pipe(concatMap(() => of(whole(resolve()))));
      running.add(foldItems(numbers, 10, call, () => 0).subscribe());
    });
    running.unsubscribe();
    const { out } = counts;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(counts).toMatchObject({ out, isOver: true });
    expect(out).toBeLessThan(5_000);
  });
});

describe('the items of a journal', () => {
  const pad = (n: number): string => String(n).padStart(5, '0');
  const yaml = (reduce: string): string =>
    `each: { from: r.csv, key: "\${row.id}" }\nsteps:\n  a: { set: "\${row.id}" }\n  d: { over: a, ${reduce} }\nsave: { to: out.jsonl, over: { d: d.jsonl } }\n`;
  const place = async (count: number, reduce: string) => {
    const rows = Array.from({ length: count }, (_, n) => `${pad(n)}\n`).join('');
    const folder = await folderWith({ 'w.yaml': yaml(reduce), 'r.csv': `id\n${rows}` });
    const workflow = await loaded(join(folder, 'w.yaml'));
    const run = async (world: Partial<World> = {}) => {
      const journal = await openJournal(join(folder, '.millrace/journal.db'));
      try {
        return await allEvents(workflow, { hosts: [], journal, ...world });
      } finally {
        journal.close();
      }
    };
    return { folder, run, groups: () => readJsonl(join(folder, 'd.jsonl')) };
  };

  test('come in the order of the input, however many pages they fill', async () => {
    const { run, groups } = await place(
      3_500,
      `group_by: "\${int(row.id) % 2 == 0 ? 'even' : 'odd'}", fold: 100, set: "\${items.join(' ')}"`,
    );
    expect((await run()).at(-1)).toMatchObject({ status: 'done', groups: { ok: 2 } });
    const half = (rest: number): string => Array.from({ length: 1750 }, (_, n) => pad(2 * n + rest)).join(' ');
    expect(await groups()).toEqual([
      { group: 'even', count: 1750, value: half(0) },
      { group: 'odd', count: 1750, value: half(1) },
    ]);
  });

  test('are all there for a condition and for a call without a fold', async () => {
    const { run, groups } = await place(2_500, 'when: "${size(items) == 2500}", set: "${items[2499]}"');
    await run();
    expect(await groups()).toEqual([{ group: null, count: 2500, value: '02499' }]);
  });

  test('that are read by nobody any more leave nothing behind, and two may be read at once', async () => {
    const { run, folder } = await place(3_000, 'set: "${size(items)}"');
    await run();
    const database = await openDatabase(join(folder, '.millrace/journal.db'));
    const table = createItemTable(database, 1);
    const [first, second] = [table.itemsOf('d', 1, null), table.itemsOf('d', 1, null)];
    for (let n = 0; n < 2_000; n++) expect([first.next().value, second.next().value]).toEqual([pad(n), pad(n)]);
    const left = (): unknown =>
      database
        .prepare('SELECT (SELECT count(*) FROM temp.lists) AS lists, (SELECT count(*) FROM temp.item_order) AS items')
        .get();
    expect(left()).toEqual({ lists: 2, items: 6_000 });
    first.return(undefined);
    expect(left()).toEqual({ lists: 1, items: 3_000 });
    expect([...second]).toHaveLength(1_000);
    expect(left()).toEqual({ lists: 0, items: 0 });
    database.close();
  });

  test('in many groups give the groups in the order in which the input has them', async () => {
    const { run, groups } = await place(5_000, 'group_by: "${int(row.id) % 2500}", set: "${items}"');
    expect((await run()).at(-1)).toMatchObject({ groups: { ok: 2500 } });
    expect(await groups()).toEqual(
      Array.from({ length: 2500 }, (_, n) => ({ group: n, count: 2, value: [pad(n), pad(n + 2500)] })),
    );
  });
});
