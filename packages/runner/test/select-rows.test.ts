import { describe, expect, test } from '@jest/globals';
import type { Each, Template } from '@millrace/schema';
import type { EndedRow, Row } from '../src/row.ts';
import { createRowHash } from '../src/rows/row-hash.ts';
import { type Selection, selectRows } from '../src/select-rows.ts';
import { pipedSource, sourceOf } from './row-scene.ts';

/** A template of a function of the names, as far as selecting rows goes. */
const template = (render: (names: { row: Record<string, unknown> }) => unknown): Template =>
  ({ render }) as unknown as Template;

const numbered = (count: number): string => Array.from({ length: count }, (_, n) => `{"n":${n + 1}}\n`).join('');

type Asked = Partial<Omit<Selection, 'each'>> & { readonly each?: Partial<Each> };

/** Selects as a run does: each row that is given is known before the next one is asked for. */
async function selectFrom(source: Parameters<typeof selectRows>[0], { each, ...selection }: Asked = {}) {
  const places = new Map<string, string>();
  const found: (Row | EndedRow)[] = [];
  const rows = selectRows(source, {
    each: { from: 'r.jsonl', columns: {}, ...each },
    inputs: {},
    columns: [],
    takenBy: (key) => places.get(key),
    ...selection,
  });
  for await (const row of rows) {
    if (!('error' in row)) places.set(row.key, row.place);
    found.push(row);
  }
  return found;
}

const numbersOf = (rows: readonly (Row | EndedRow)[]) => rows.map((row) => ('value' in row ? row.value?.n : row.place));

const even = template(({ row }) => (row.n as number) % 2 === 0);

describe('range', () => {
  test.each([
    [{ from: 3, to: 5 }, [3, 4, 5]],
    [{ from: 9 }, [9, 10]],
    [{ to: 2 }, [1, 2]],
    [{ from: 4, to: 4 }, [4]],
    [{ from: 5, to: 4 }, []],
    [{ from: 11 }, []],
    [{}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('%j is these rows of the input, and the others are not there', async (range, numbers) => {
    expect(numbersOf(await selectFrom(await sourceOf('r.jsonl', numbered(10)), { range }))).toEqual(numbers);
  });

  test('comes before `where` and `first`; an index is the place in the whole input', async () => {
    const source = await sourceOf('r.jsonl', numbered(10));
    const rows = await selectFrom(source, { range: { from: 3, to: 8 }, first: 2, each: { where: even } });
    expect(numbersOf(rows)).toEqual(['line 3', 4, 'line 5', 6]);
    expect(rows.map(({ index }) => index)).toEqual([2, 3, 4, 5]);
  });

  test('leaves out rows that cannot be read, and counts them', async () => {
    const source = await sourceOf('r.jsonl', '{oops\n{"n":2}\n{oops\n{"n":4}\n');
    const rows = await selectFrom(source, { range: { from: 2, to: 3 } });
    expect(numbersOf(rows)).toEqual([2, 'line 3']);
  });

  test('reads no further than it must', async () => {
    let given = 0;
    const pieces = (function* () {
      for (;;) yield `{"n":${++given}}\n`;
    })();
    expect(numbersOf(await selectFrom(await pipedSource(pieces), { range: { from: 2, to: 3 } }))).toEqual([2, 3]);
    expect(given).toBe(3);
  });
});

describe('sample', () => {
  const sampleOf = async (sample: { size: number; seed: number }, more: Asked = {}, count = 50) => {
    const file = await selectFrom(await sourceOf('r.jsonl', numbered(count)), { sample, ...more });
    const piped = await selectFrom(await pipedSource([numbered(count)]), { sample, ...more });
    expect(piped).toEqual(file);
    return file;
  };

  test('is the same for the same seed, another for another, in the order of the input', async () => {
    const first = numbersOf(await sampleOf({ size: 10, seed: 1 })) as number[];
    expect(new Set(first).size).toBe(10);
    expect(first).toEqual([...first].sort((a, b) => a - b));
    expect(numbersOf(await sampleOf({ size: 10, seed: 1 }))).toEqual(first);
    expect(numbersOf(await sampleOf({ size: 10, seed: 2 }))).not.toEqual(first);
    expect(numbersOf(await sampleOf({ size: 10, seed: 2 ** 32 + 1 }))).not.toEqual(first);
  });

  test('is of the rows that `where` lets pass; what it leaves out and what is broken is not there', async () => {
    const rows = await sampleOf({ size: 100, seed: 7 }, { each: { where: even }, range: { from: 11, to: 30 } });
    expect(numbersOf(rows)).toEqual([12, 14, 16, 18, 20, 22, 24, 26, 28, 30]);
    const broken = await sourceOf('r.jsonl', '{oops\n{"n":2}\n');
    expect(numbersOf(await selectFrom(broken, { sample: { size: 5, seed: 1 } }))).toEqual([2]);
  });

  test('`first` takes the first of it, and an empty one reads nothing', async () => {
    const all = numbersOf(await sampleOf({ size: 10, seed: 3 }));
    expect(numbersOf(await sampleOf({ size: 10, seed: 3 }, { first: 4 }))).toEqual(all.slice(0, 4));
    expect(await sampleOf({ size: 0, seed: 3 })).toEqual([]);
  });

  test('takes every row equally often', async () => {
    const source = await sourceOf('r.jsonl', numbered(20));
    const counts = new Map<unknown, number>();
    const rounds = 1000;
    for (let seed = 0; seed < rounds; seed++)
      for (const n of numbersOf(await selectFrom(source, { sample: { size: 5, seed } })))
        counts.set(n, (counts.get(n) ?? 0) + 1);
    // 250 expected of each, standard deviation 14.
    expect(counts.size).toBe(20);
    for (const count of counts.values()) expect(Math.abs(count - rounds / 4)).toBeLessThan(75);
  }, 30_000);
});

describe('keys', () => {
  test('rows carry their place and hash, and ended ones their place', async () => {
    const source = await sourceOf('r.jsonl', '{"n":1,"m":{"b":1,"a":2}}\n{"m":{"a":2,"b":1},"n":1}\n{"n":2}\n{oops\n');
    const rows = await selectFrom(source, { each: { where: template(({ row }) => row.n === 1) } });
    const [first, second, third, fourth] = rows;
    expect(first).toMatchObject({ index: 0, place: 'line 1', hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(second).toMatchObject({ hash: (first as Row).hash, key: `${(first as Row).hash}#2` });
    expect(third).toEqual({ index: 2, key: expect.stringMatching(/^[0-9a-f]{16}$/), place: 'line 3' });
    expect(fourth).toMatchObject({ key: 'line 4', place: 'line 4', error: { code: 'ROWS_UNREADABLE' } });
  });

  test('a key that an earlier row has fails the later one, and is asked with its index', async () => {
    const asked: [string, number][] = [];
    const rows = await selectFrom(await sourceOf('r.jsonl', numbered(3)), {
      each: { key: template(({ row }) => (row.n as number) % 2) },
      takenBy: (key, index) => {
        asked.push([key, index]);
        return index === 2 ? 'line 1' : undefined;
      },
    });
    expect(asked).toEqual([
      ['1', 0],
      ['0', 1],
      ['1', 2],
    ]);
    expect(rows[2]).toMatchObject({
      key: 'line 3',
      error: { code: 'KEY_DUPLICATE', message: 'The key `1` of line 3 is that of line 1 too.' },
    });
  });

  test('equal rows are numbered on, also where the first of them are known from before', async () => {
    const source = await sourceOf('r.jsonl', '{"n":1}\n'.repeat(4));
    const hash = createRowHash()({ n: 1 });
    const rows = await selectFrom(source, {
      takenBy: (key, index) => (index > 0 && key === hash ? 'line 1' : undefined),
    });
    expect(rows.map(({ key }) => key)).toEqual([hash, `${hash}#2`, `${hash}#3`, `${hash}#4`]);
  });

  test('a hash is of the value: types, nulls and names count, their order does not', () => {
    const hashOf = createRowHash();
    const values: Record<string, unknown>[] = [
      {},
      { a: 1 },
      { a: '1' },
      { a: null },
      { a: [1, 2] },
      { a: [2, 1] },
      { a: { b: 1 } },
      { a: 1, b: 2 },
      { 'a":1,"b': 2 },
      JSON.parse('{"__proto__":1}'),
    ];
    expect(new Set(values.map((value) => hashOf(value))).size).toBe(values.length);
    expect(hashOf({ b: { d: [{ y: 1, x: 2 }], c: 1 }, a: 1 })).toBe(hashOf({ a: 1, b: { c: 1, d: [{ x: 2, y: 1 }] } }));
    expect(hashOf({ a: 1 })).toBe(hashOf({ a: 1 }));
  });
});
