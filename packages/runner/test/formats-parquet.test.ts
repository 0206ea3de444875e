import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { granted } from '../src/paths/file-access.ts';
import { isOwnFile } from '../src/paths/is-own-file.ts';
import { openSource } from '../src/rows/open-source.ts';
import { writeParquet } from '../src/save/parquet-file.ts';
import { emptyFolder, placesOf, read, sourceOf } from './row-scene.ts';

describe('reading parquet', () => {
  const columnData = [
    { name: 'id', data: [1n, 2n ** 53n, -5n], type: 'INT64' as const },
    { name: 'small', data: [1, 2, null], type: 'INT32' as const },
    { name: 'score', data: [0.5, Number.NaN, Number.POSITIVE_INFINITY], type: 'DOUBLE' as const },
    { name: 'ok', data: [true, false, null], type: 'BOOLEAN' as const },
    { name: 'text', data: ['a', 'ü\0🙂', ''], type: 'STRING' as const },
    { name: 'bytes', data: [Uint8Array.of(0, 255), Uint8Array.of(), null], type: 'BYTE_ARRAY' as const },
    { name: 'at', data: [new Date(0), new Date(-1), null], type: 'TIMESTAMP' as const },
    { name: 'json', data: [{ a: [1, null] }, [2], null], type: 'JSON' as const },
    { name: '__proto__', data: ['x', 'y', 'z'], type: 'STRING' as const },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 }));

  test('gives each cell as what of it fits JSON', async () => {
    const rows = (await read(await sourceOf('r.parquet', bytes))) as object[];
    expect(rows.map((row) => Object.entries(row).map(([, value]) => value))).toEqual([
      [1, 1, 0.5, true, 'a', 'AP8=', '1970-01-01T00:00:00.000Z', { a: [1, null] }, 'x'],
      ['9007199254740992', 2, null, false, 'ü\0🙂', '', '1969-12-31T23:59:59.999Z', [2], 'y'],
      [-5, null, null, null, '', null, null, null, 'z'],
    ]);
  });

  test('knows its columns, their types and the number of its rows', async () => {
    const source = await sourceOf('r.data', bytes, { format: 'parquet' });
    expect(Object.entries((await source.columns({ small: 'string' })) ?? {})).toEqual([
      ['id', 'dyn'],
      ['small', 'string'],
      ['score', 'double'],
      ['ok', 'bool'],
      ['text', 'string'],
      ['bytes', 'string'],
      ['at', 'string'],
      ['json', 'dyn'],
      ['__proto__', 'string'],
    ]);
    expect(await source.count()).toBe(3);
    expect(await placesOf(source)).toEqual(['row 1', 'row 2', 'row 3']);
  });

  test('keeps the digits of times that are finer than a millisecond', async () => {
    const schema = [
      { name: 'root', num_children: 2 },
      {
        name: 'micros',
        type: 'INT64' as const,
        converted_type: 'TIMESTAMP_MICROS' as const,
        repetition_type: 'OPTIONAL' as const,
      },
      { name: 'day', type: 'INT32' as const, converted_type: 'DATE' as const, repetition_type: 'OPTIONAL' as const },
    ];
    const written = parquetWriteBuffer({
      schema,
      columnData: [
        { name: 'micros', data: [1_000_001n, -1n, null] },
        { name: 'day', data: [0, -1, null] },
      ],
    });
    expect(await read(await sourceOf('r.parquet', new Uint8Array(written)))).toEqual([
      { micros: '1970-01-01T00:00:01.000001Z', day: '1970-01-01' },
      { micros: '1969-12-31T23:59:59.999999Z', day: '1969-12-31' },
      { micros: null, day: null },
    ]);
  });

  test('decimals have the digits that they were written with', async () => {
    const schema = [
      { name: 'root', num_children: 1 },
      {
        name: 'price',
        type: 'INT32' as const,
        converted_type: 'DECIMAL' as const,
        repetition_type: 'REQUIRED' as const,
        scale: 2,
        precision: 9,
      },
    ];
    const written = parquetWriteBuffer({ schema, columnData: [{ name: 'price', data: [0.57, -10.01, 3] }] });
    expect(await read(await sourceOf('r.parquet', new Uint8Array(written)))).toEqual([
      { price: 0.57 },
      { price: -10.01 },
      { price: 3 },
    ]);
  });

  test('a file without rows has columns; one that is cut short, or no parquet, says so', async () => {
    const none = await sourceOf(
      'r.parquet',
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: [], type: 'STRING' }] })),
    );
    expect([await none.columns({}), await read(none)]).toEqual([{ a: 'dyn' }, []]);
    for (const content of [bytes.subarray(0, bytes.length - 20), 'a,b\n1,2\n', '']) {
      await expect((await sourceOf('r.parquet', content)).columns({})).rejects.toMatchObject({
        code: 'ROWS_UNREADABLE',
        message: expect.stringMatching(/r\.parquet cannot be read as Parquet/),
      });
    }
    const missing = openSource({ path: '/nowhere/r.parquet', files: granted });
    await expect(missing).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('a page that is damaged ends the rows with an error', async () => {
    const text = Array.from({ length: 3000 }, (_, index) => `text ${index * 7919}`);
    const whole = new Uint8Array(
      parquetWriteBuffer({ columnData: [{ name: 'text', data: text }], rowGroupSize: 1000 }),
    );
    whole.fill(0xff, whole.length / 2, whole.length / 2 + 200);
    await expect(read(await sourceOf('r.parquet', whole))).rejects.toMatchObject({ code: 'ROWS_UNREADABLE' });
  });

  test('a large row group is read in slices', async () => {
    const data = Array.from({ length: 50_000 }, (_, index) => `text ${index}`);
    const source = await sourceOf(
      'r.parquet',
      new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 't', data }], rowGroupSize: 50_000 })),
    );
    expect((await read(source)).map((row) => (row as { t: string }).t)).toEqual(data);
  });
});

describe('writing parquet', () => {
  const rowsOf = (...fields: object[]) => fields.map((row, index) => ({ key: `k${index}`, json: JSON.stringify(row) }));
  let folder = '';
  beforeEach(async () => {
    folder = await emptyFolder();
  });
  const written = async (columns: Parameters<typeof writeParquet>[1], rows: ReturnType<typeof rowsOf>) => {
    const path = join(folder, 'out', 'r.parquet');
    await writeParquet(path, columns, () => rows);
    return openSource({ path, files: granted });
  };

  test('gives columns the type of all their values, and text where there are several', async () => {
    const names = ['n', 'b', 's', 'mixed', 'list', 'none', '__proto__'];
    const rows = rowsOf(
      { n: 1, b: true, s: 'x', mixed: 1, list: [1, 'a'] },
      { n: 0.5, b: null, s: '', mixed: 'one', list: null, none: null },
    );
    rows.push({ key: 'k2', json: '{"__proto__":"p","mixed":{"a":1}}' });
    const source = await written(
      names.map((name) => ({ name })),
      rows,
    );
    expect((await read(source)).map((row) => Object.values(row as object))).toEqual([
      ['k0', 1, true, 'x', '1', '[1,"a"]', null, null],
      ['k1', 0.5, null, '', 'one', null, null, null],
      ['k2', null, null, null, '{"a":1}', null, null, 'p'],
    ]);
  });

  test('a declared type stands where there is no value, and gives way to values', async () => {
    const declared = [
      { name: 'n', type: 'number' as const },
      { name: 'm', type: 'number' as const },
    ];
    await written(declared, rowsOf({ n: null, m: 'text' }));
    const { parquetMetadataAsync, asyncBufferFromFile } = await import('hyparquet');
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(join(folder, 'out', 'r.parquet')));
    expect(schema.map(({ name, type }) => [name, type])).toEqual([
      ['root', undefined],
      ['key', 'BYTE_ARRAY'],
      ['n', 'DOUBLE'],
      ['m', 'BYTE_ARRAY'],
    ]);
  });

  test('a run without rows is a file with columns and no rows', async () => {
    const source = await written([{ name: 'a' }], []);
    expect(Object.keys((await source.columns({})) ?? {})).toEqual(['key', 'a']);
    expect(await read(source)).toEqual([]);
  });

  test('the file is known as its own, and others are not', async () => {
    const path = join(folder, 'out', 'r.parquet');
    await written([{ name: 'a' }], rowsOf({ a: 1 }));
    expect(await isOwnFile(path)).toBe(true);
    await truncate(path, 100);
    expect(await isOwnFile(path)).toBe(false);
    await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'key', data: ['a'] }] })));
    expect(await isOwnFile(path)).toBe(false);
    await writeFile(path, 'PAR1\xff\xff\xff\xffPAR1', 'latin1');
    expect(await isOwnFile(path)).toBe(false);
  });

  test('rows that fail to come leave the old file, and nothing beside it', async () => {
    const source = await written([{ name: 'a' }], rowsOf({ a: 1 }));
    let calls = 0;
    const failing = async function* () {
      yield* rowsOf({ a: 2 });
      if (++calls === 2) throw new Error('the journal is gone');
    };
    await expect(writeParquet(source.path, [{ name: 'a' }], failing)).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringMatching(/r\.parquet` cannot be written: the journal is gone/),
    });
    expect(await read(source)).toEqual([{ key: 'k0', a: 1 }]);
    expect(await readdir(join(folder, 'out'))).toEqual(['r.parquet']);
    expect((await readFile(source.path)).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('many rows are in groups of bounded size', async () => {
    const path = join(folder, 'r.parquet');
    await writeParquet(path, [{ name: 'n' }], function* () {
      for (let n = 0; n < 35_000; n++) yield { key: `k${n}`, json: `{"n":${n}}` };
    });
    const { parquetMetadataAsync, asyncBufferFromFile } = await import('hyparquet');
    const { row_groups } = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([10_000, 10_000, 10_000, 5_000]);
    let count = 0;
    const source = await openSource({ path, files: granted });
    for await (const row of source.rows()) if ('value' in row && row.value.n === count) count++;
    expect(count).toBe(35_000);
  }, 30_000);
});
