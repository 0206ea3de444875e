import { readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isOwnFile } from '../src/paths/is-own-file.ts';
import { groupFormat, lineFormat } from '../src/save/format-line.ts';
import { harmful, harmless } from '../src/save/harmless-cell.ts';
import { rowFilePath, rowFileText, writeRowFile } from '../src/save/row-file.ts';
import { saveForm } from '../src/save/save-form.ts';
import { emptyFolder, read, sourceOf } from './row-scene.ts';

describe('lines', () => {
  test('jsonl is the text of the journal behind the key', () => {
    for (const path of ['r.jsonl', 'r.NDJSON', '-']) {
      const { header, line } = lineFormat(path, ['a']);
      expect(header).toBe('');
      expect(line('k"1', '{"a":1.50}')).toBe('{"key":"k\\"1","a":1.50}\n');
      expect(line('k', '{}')).toBe('{"key":"k"}\n');
    }
  });

  test('csv and tsv have the columns that are said, in their order; what is missing or null is empty', async () => {
    for (const path of ['r.csv', 'r.tsv']) {
      const { header, line } = lineFormat(path, ['b', 'a', '__proto__', 'toString']);
      const text =
        header +
        line('k', '{"a":"x,\\t\\"y\\"\\r\\nz","b":[1,{"c":"d"}],"more":1,"__proto__":true}') +
        line('l', '{"a":null}');
      expect(await read(await sourceOf(path, text))).toEqual([
        Object.fromEntries([
          ['key', 'k'],
          ['b', '[1,{"c":"d"}]'],
          ['a', 'x,\t"y"\r\nz'],
          ['__proto__', 'true'],
          ['toString', ''],
        ]),
        Object.fromEntries([
          ['key', 'l'],
          ['b', ''],
          ['a', ''],
          ['__proto__', ''],
          ['toString', ''],
        ]),
      ]);
    }
  });

  test('the groups of a reduce are lines too', () => {
    const json = '{"group":"a,b","count":2,"value":{"x":1}}';
    expect(groupFormat('-').line(json)).toBe(`${json}\n`);
    expect(groupFormat('r.csv').header + groupFormat('r.csv').line(json)).toBe(
      'group,count,value\n"a,b",2,"{""x"":1}"\n',
    );
    expect(groupFormat('r.tsv').line('{"group":null,"count":2,"value":-1}')).toBe('\t2\t-1\n');
  });

  test('another ending is refused', () => {
    expect(() => lineFormat('r.xlsx', [])).toThrow(expect.objectContaining({ code: 'SAVE_FAILED' }));
    expect(['r.csv', 'r.PARQUET', 'out/${key}.md', '-'].map(saveForm)).toEqual(['lines', 'parquet', 'files', 'lines']);
  });

  test('what begins like results is known as its own', async () => {
    const folder = await emptyFolder();
    for (const [content, isOwn] of [
      [lineFormat('r.csv', ['a']).header, true],
      [lineFormat('r.tsv', ['a']).header, true],
      [lineFormat('r.csv', []).header, true],
      [lineFormat('-', []).line('k', '{}'), true],
      [groupFormat('r.tsv').header, true],
      [groupFormat('-').line('{"group":1,"count":1,"value":1}'), true],
      ['', true],
      ['keys,a\n', false],
      ['group,name\n', false],
      ['Dear diary', false],
    ] as const) {
      await writeFile(join(folder, 'r'), content);
      expect([content, await isOwnFile(join(folder, 'r'))]).toEqual([content, isOwn]);
    }
  });
});

describe('cells that a spreadsheet would run', () => {
  test.each([
    '=1+1',
    '+A1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '\u00a0=1',
    '"=1"',
    "'=1",
    '＝1+1',
    '＋1',
    '－1',
    '＠A',
    '- a list',
  ])('%j begins with a quote in the file, which is taken away to have it back', (text) => {
    expect(harmless(text)).toBe(`'${text}`);
    expect(harmful(`'${text}`)).toBe(text);
  });

  test.each(['a', '', ' a', "'tis", '1', '-1', '+1.5', '-2.5e-3', '{"a":"=1"}', 'a=b', '日本'])('%j stays', (text) => {
    expect([harmless(text), harmful(text)]).toEqual([text, text]);
  });

  test('every text comes back, and no two are written alike', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', '=', '-', '1', ' ', '\t', 'a', '＝'), maxLength: 6 });
    fc.assert(
      fc.property(text, (any) => {
        expect(harmful(harmless(any))).toBe(any);
      }),
      { numRuns: 5000 },
    );
  });

  test('names of columns and keys are cells too', () => {
    const { header, line } = lineFormat('r.csv', ['=a']);
    expect(header + line('=k', '{"=a":-1}')).toBe("key,'=a\n'=k,-1\n");
  });
});

describe('a file a row', () => {
  const nameOf = (key: string, pattern = 'out/${key}.md') => rowFilePath(pattern, key).replace(/^out\//, '');

  test.each([
    ['SKU-12_3.b@c', 'SKU-12_3.b@c.md'],
    ['über/日本', 'über%2F日本.md'],
    ['a b%c\\d:e', 'a%20b%25c%5Cd%3Ae.md'],
    ['.', '%2E.md'],
    ['..', '%2E%2E.md'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd.md'],
    ['.hidden', '%2Ehidden.md'],
    ['end.', 'end%2E.md'],
    ['con', '%63on.md'],
    ['NUL.txt', '%4EUL.txt.md'],
    ['console', 'console.md'],
    ['a~b', 'a%7Eb.md'],
    ['\0\n', '%00%0A.md'],
    ['e\u0301', 'e%CC%81.md'],
    ['\ud800', '%uD800.md'],
    ['${key}$&', '%24%7Bkey%7D%24%26.md'],
    ['', '%.md'],
  ])('%j is one name', (key, name) => {
    expect(nameOf(key)).toBe(name);
  });

  test('the name around the key counts: for what Windows keeps for itself, and for the length', () => {
    expect(nameOf('con', 'out/x-${key}.md')).toBe('x-con.md');
    expect(nameOf('n', 'out/co${key}.md')).toBe('co%6E.md');
    expect(nameOf('a', 'out/${key}-${ key }.md')).toBe('a-a.md');
    for (const key of ['x'.repeat(300), '日'.repeat(100), '/'.repeat(100)])
      for (const pattern of ['out/${key}.md', 'out/${key}-${key}.md', 'out/a-long-name-around-${key}.html']) {
        const name = nameOf(key, pattern);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(name).toMatch(/~[0-9a-f]{32}/);
        expect(() => decodeURIComponent(name)).not.toThrow();
      }
    expect(nameOf(`${'x'.repeat(300)}a`)).not.toBe(nameOf(`${'x'.repeat(300)}b`));
    expect(nameOf('x'.repeat(252))).toBe(`${'x'.repeat(252)}.md`);
  });

  test('different keys have different names, and none leads elsewhere', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', '.', '/', '%', '2', 'E', '~', 'é', 'e\u0301', '\ud800', ' '),
      maxLength: 5,
    });
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(nameOf(one) === nameOf(other)).toBe(one === other);
        expect(nameOf(one)).not.toMatch(/[/\\\s]|^\.|\.\.md$/);
      }),
      { numRuns: 5000 },
    );
  });

  test('holds the text of its only field, or JSON, and ends with a line end', () => {
    expect(rowFileText('{"a":"# Title\\n\\nText"}')).toBe('# Title\n\nText\n');
    expect(rowFileText('{"a":"one\\n"}')).toBe('one\n');
    expect(rowFileText('{"a":{"b":[1]}}')).toBe('{\n  "b": [\n    1\n  ]\n}\n');
    expect(rowFileText('{"a":null}')).toBe('null\n');
    expect(rowFileText('{"a":"x","b":"y"}', 'b')).toBe('y\n');
    expect(rowFileText('{"a":"x","b":1}')).toBe('{\n  "a": "x",\n  "b": 1\n}\n');
  });

  test('is written whole beside its place, and left alone where it is right', async () => {
    const folder = await emptyFolder();
    const path = join(folder, 'new', 'k.md');
    await writeRowFile(path, '{"a":"one"}');
    expect(await readFile(path, 'utf8')).toBe('one\n');
    const at = new Date(1e12);
    await utimes(path, at, at);
    await writeRowFile(path, '{"a":"one"}');
    expect((await stat(path)).mtimeMs).toBe(1e12);
    await writeRowFile(path, '{"a":"two"}');
    expect(await readFile(path, 'utf8')).toBe('two\n');
    expect(await readdir(join(folder, 'new'))).toEqual(['k.md']);
  });

  test('the longest name can be written; a place that cannot be is an error that leaves nothing', async () => {
    const folder = await emptyFolder();
    const path = rowFilePath(join(folder, '${key}.md'), '日'.repeat(200));
    await writeRowFile(path, '{"a":"x"}');
    expect(await readFile(path, 'utf8')).toBe('x\n');
    await writeFile(join(folder, 'file'), '');
    await expect(writeRowFile(join(folder, 'file', 'k.md'), '{"a":"x"}')).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringMatching(/k\.md` cannot be written/),
    });
    expect((await readdir(folder)).length).toBe(2);
  });

  test('replaces a link, not what it leads to', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'precious'), 'keep');
    await symlink(join(folder, 'precious'), join(folder, 'k.md'));
    await writeRowFile(join(folder, 'k.md'), '{"a":"x"}');
    expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('keep');
    expect(await readFile(join(folder, 'k.md'), 'utf8')).toBe('x\n');
  });
});
