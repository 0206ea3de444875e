import { mkdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { granted } from '../src/paths/file-access.ts';
import { fingerprintOf } from '../src/rows/fingerprint.ts';
import { openSource } from '../src/rows/open-source.ts';
import { emptyFolder, pipedSource, placesOf, read, sourceOf } from './row-scene.ts';

describe('csv', () => {
  test('reads line breaks in cells with the line end that they have, and counts lines through them', async () => {
    const source = await sourceOf('r.csv', 'id,text\r\n1,"a\r\nb ""c"" \n\nd"\r\n2,e\r\n3\r\n');
    expect(await read(source)).toEqual([
      { id: '1', text: 'a\r\nb "c" \n\nd' },
      { id: '2', text: 'e' },
      'FILE, line 7: 1 cells, and the header has 2.',
    ]);
    expect(await placesOf(source)).toEqual(['line 2', 'line 6', 'line 7']);
  });

  test('a quote inside a cell stands for itself; what follows a quoted cell breaks its line only', async () => {
    const source = await sourceOf('r.csv', 'id,text\n1,5" nail\n2,"a" b\n3,"",\n4,"x\ny" z\n5,ok\n');
    expect(await read(source)).toEqual([
      { id: '1', text: '5" nail' },
      'FILE, line 3: a quoted cell ends with a quote, and ` b` stands behind it.',
      'FILE, line 4: 3 cells, and the header has 2.',
      'FILE, line 5: a quoted cell ends with a quote, and ` z` stands behind it.',
      { id: '5', text: 'ok' },
    ]);
  });

  test('a header that opens a quote and never closes it names the line', async () => {
    const source = await sourceOf('r.csv', 'id,"text\n1,a\n');
    await expect(source.columns({})).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/r\.csv, line 1: .* never closed/),
    });
  });

  test('columns called like parts of every object are columns', async () => {
    const source = await sourceOf('r.csv', '__proto__,constructor,toString\n1,2,3\n');
    expect(Object.keys((await source.columns({})) ?? {})).toEqual(['__proto__', 'constructor', 'toString']);
    expect((await read(source)).map((row) => Object.entries(row as object))).toEqual([
      [
        ['__proto__', '1'],
        ['constructor', '2'],
        ['toString', '3'],
      ],
    ]);
  });

  test.each([
    ['\n', 'a'],
    ['\r\n', 'a'],
    ['\r', 'a'],
  ])('the line end %j is read, with and without one at the end', async (end) => {
    for (const last of [end, '']) {
      const source = await sourceOf('r.csv', `id,t${end}1,a${end}${end}2,b${last}`);
      expect(await read(source)).toEqual([
        { id: '1', t: 'a' },
        { id: '2', t: 'b' },
      ]);
      expect(await placesOf(source)).toEqual(['line 2', 'line 4']);
    }
  });

  test('what another program quotes by the rules is read as it was, however the bytes are cut', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '\t', 'ä', ' ', '🙂'), maxLength: 6 });
    // A row of one empty cell is an empty line.
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 7 }),
        async (cells, end, size) => {
          const text = ['one,two', ...cells.map((row) => row.map(quote).join(','))].join(end);
          const bytes = Buffer.from(text);
          const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          );
          const source = await pipedSource(pieces, { format: 'csv' });
          expect(await read(source)).toEqual(cells.map(([one, two]) => ({ one, two })));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('json', () => {
  test('an array is a row an element, each with its number and line; broken ones do no harm to the others', async () => {
    const text = '\ufeff [\n {"a": "x, ]}\\"", "b": [1, {"c": 2}]} ,\n {oops},\n 5, [1],\n\n {"a": 3}\n]\n';
    const source = await sourceOf('r.json', text);
    expect(await read(source)).toEqual([
      { a: 'x, ]}"', b: [1, { c: 2 }] },
      'FILE, element 2, line 3: this is not JSON: {oops}',
      'FILE, element 3, line 4: this is JSON, but no object.',
      'FILE, element 4, line 4: this is JSON, but no object.',
      { a: 3 },
    ]);
    expect((await placesOf(source)).at(-1)).toBe('element 5, line 6');
  });

  test('an object is one row, and an empty array none', async () => {
    expect(await read(await sourceOf('r.json', '\n{"a": [1]}\n'))).toEqual([{ a: [1] }]);
    const none = await sourceOf('r.json', ' [ ] ');
    expect(await read(none)).toEqual([]);
    expect(await none.columns({})).toBeUndefined();
  });

  test.each([
    ['[{"a":1},]', [{ a: 1 }, 'FILE, element 2, line 1: a comma stands before the end of the array.']],
    ['[,{"a":1}]', ['FILE, element 1, line 1: an element is missing before this comma.', { a: 1 }]],
    ['[{"a":1}', ['FILE, element 1, line 1: the file ends here before its JSON does.']],
    ['[{"a":1},\n{"a":', [{ a: 1 }, 'FILE, element 2, line 2: the file ends here before its JSON does.']],
    ['{"a":1', ['FILE, line 1: the file ends here before its JSON does.']],
    ['[{"a":1}}, {"a":2}]', ['FILE, element 1, line 1: this is not JSON: {"a":1}}', { a: 2 }]],
    ['[1 2]', ['FILE, element 1, line 1: this is not JSON: 1 2']],
  ])('%j is not whole, which no row hides', async (text, rows) => {
    expect(await read(await sourceOf('r.json', text))).toEqual(rows);
  });

  test('what stands behind the end is no row in silence', async () => {
    expect(await read(await sourceOf('r.json', '[{"a":1}]\n[{"a":2}]'))).toEqual([
      { a: 1 },
      expect.stringMatching(/^FILE, element 2, line 2: something stands behind the end/),
    ]);
    expect(await read(await sourceOf('r.json', '{"a":1}\n{"a":2}\n'))).toEqual([
      { a: 1 },
      expect.stringMatching(/format: jsonl/),
    ]);
  });

  test('an empty file, and one that is neither an array nor an object, say so', async () => {
    await expect(read(await sourceOf('r.json', ' \n'))).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/r\.json is empty/),
    });
    expect(await read(await sourceOf('r.json', '"text"'))).toEqual([
      'FILE, element 1, line 1: this is neither a JSON array nor an object.',
    ]);
  });

  test('any array is read as JSON.parse reads it, however it is cut and indented', async () => {
    const rows = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(0, 1), fc.integer({ min: 1, max: 9 }), async (values, indent, size) => {
        const bytes = Buffer.from(JSON.stringify(values, null, indent));
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const found = await read(await pipedSource(pieces, { format: 'json' }));
        expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(bytes.toString())));
      }),
      { numRuns: 200 },
    );
  });
});

describe('encodings', () => {
  test.each(['r.csv', 'r.jsonl', 'r.json', 'r.txt'])('%s is read in the encoding that is said', async (name) => {
    const texts: Record<string, string> = {
      'r.csv': 'text\nGrüße\n',
      'r.jsonl': '{"text":"Grüße"}\n',
      'r.json': '[{"text":"Grüße"}]',
      'r.txt': 'Grüße\n',
    };
    const bytes = Buffer.from(texts[name] ?? '', 'latin1');
    expect(await read(await sourceOf(name, bytes, { encoding: 'windows-1252' }))).toEqual([{ text: 'Grüße' }]);
    await expect(read(await sourceOf(name, bytes))).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/, line [12]: these bytes are not UTF-8\./),
      hint: expect.stringMatching(/`each\.encoding`/),
    });
  });

  test('a byte order mark says the encoding, whatever the file says', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\r\n1,ü\r\n', 'utf16le')]);
    expect(await read(await sourceOf('r.csv', utf16))).toEqual([{ a: '1', b: 'ü' }]);
    expect(await read(await sourceOf('r.csv', Buffer.from(utf16).swap16()))).toEqual([{ a: '1', b: 'ü' }]);
    const utf8 = '\ufeffa\nü\n';
    expect(await read(await sourceOf('r.csv', utf8, { encoding: 'windows-1252' }))).toEqual([{ a: 'ü' }]);
  });

  test('letters of several bytes may be cut anywhere', async () => {
    const bytes = [...Buffer.from('日本\n語🙂\n')].map((byte) => Uint8Array.of(byte));
    expect(await read(await pipedSource(bytes, { format: 'txt' }))).toEqual([{ text: '日本' }, { text: '語🙂' }]);
    const shiftJis = [0x93, 0xfa, 0x96, 0x7b, 0x0a].map((byte) => Uint8Array.of(byte));
    expect(await read(await pipedSource(shiftJis, { format: 'txt', encoding: 'shift_jis' }))).toEqual([
      { text: '日本' },
    ]);
  });

  test('the line of a bad byte is named, and the rows before it are read', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`).join('\n');
    for (const [encoding, bad] of [
      ['utf-8', [0xc3, 0x28]],
      ['shift_jis', [0x81, 0x20]],
    ] as const) {
      const source = await sourceOf('r.txt', Buffer.concat([Buffer.from(`${lines}\n`), Buffer.from(bad)]), {
        encoding,
      });
      let count = 0;
      const all = (async () => {
        for await (const _ of source.rows()) count++;
      })();
      await expect(all).rejects.toMatchObject({ message: expect.stringMatching(/line 5001: these bytes are not/) });
      expect(count).toBe(5000);
    }
  });

  test('a NUL is an error that names the line, and UTF-16 as what it may be', async () => {
    for (const name of ['r.txt', 'r.jsonl']) {
      await expect(read(await sourceOf(name, '{"a":1}\n{"b":\0}\n'))).rejects.toMatchObject({
        code: 'ROWS_UNREADABLE',
        message: expect.stringMatching(/, line 2: there is a NUL byte/),
        hint: expect.stringMatching(/utf-16le/),
      });
    }
    await expect(read(await sourceOf('r.json', '[\n{"b":\0}]'))).rejects.toMatchObject({
      message: expect.stringMatching(/, line 2: there is a NUL byte/),
    });
  });

  test.each([
    ['PK\x03\x04', /zip archive/],
    ['%PDF-1.7', /a PDF/],
    ['PAR1', /a Parquet file/],
  ])('a file that begins with %j is told by what it is', async (head, what) => {
    await expect(read(await sourceOf('r.csv', `${head} and more\n`))).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(what),
    });
  });
});

describe('packed files', () => {
  test('are unpacked, whatever they are called, and several in one', async () => {
    const packed = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]);
    expect(await read(await sourceOf('r.jsonl.gz', packed))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await read(await sourceOf('r.jsonl', packed))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await read(await pipedSource([...packed].map((byte) => Uint8Array.of(byte))))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('one that is cut short says so, behind the rows that are whole', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `{"a":${index * 7919}}`).join('\n');
    const packed = gzipSync(lines);
    const source = await sourceOf('r.jsonl.gz', packed.subarray(0, packed.length - 1000));
    let count = 0;
    const all = (async () => {
      for await (const _ of source.rows()) count++;
    })();
    await expect(all).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/r\.jsonl\.gz cannot be unpacked: unexpected end of file/),
    });
    expect(count).toBeGreaterThan(1000);
  });
});

describe('files', () => {
  const tree = async () => {
    const folder = await emptyFolder();
    for (const way of ['b.md', 'a.txt', 'sub/c.md', 'sub/deep/d.md', '.hidden.md', '.git/e.md', 'sub/.f.md']) {
      await mkdir(join(folder, way, '..'), { recursive: true });
      await writeFile(join(folder, way), way);
    }
    await symlink(join(folder, 'sub'), join(folder, 'circle'));
    await symlink(join(folder, 'b.md'), join(folder, 'link.md'));
    return folder;
  };
  const namesAt = async (folder: string, pattern: string) => {
    const source = await openSource({ path: await granted.toRead(join(folder, pattern)), files: granted });
    expect(await source.count()).toBe((await read(source)).length);
    return (await read(source)).map((row) => (row as { path: string }).path);
  };

  test.each([
    ['', ['a.txt', 'b.md', 'link.md']],
    ['*.md', ['b.md', 'link.md']],
    ['**/*.md', ['b.md', 'link.md', 'sub/c.md', 'sub/deep/d.md']],
    ['**', ['a.txt', 'b.md', 'link.md', 'sub/c.md', 'sub/deep/d.md']],
    ['s*/*', ['sub/c.md']],
    ['**/deep/d.md', ['sub/deep/d.md']],
    ['sub/**/*.md', ['c.md', 'deep/d.md']],
    ['*.none', []],
  ])('%j means these, sorted, without dot files and circles', async (pattern, names) => {
    expect(await namesAt(await tree(), pattern)).toEqual(names);
  });

  test('texts are read in the encoding; what is too long, or no text, is a broken row', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'a.txt'), Buffer.from('Grüße', 'latin1'));
    await writeFile(join(folder, 'b.txt'), Buffer.from('\ufeffGrüße', 'utf16le'));
    await writeFile(join(folder, 'c.txt'), 'a\0b');
    await writeFile(join(folder, 'd.txt'), '');
    await truncate(join(folder, 'd.txt'), 17 * 1024 * 1024);
    const source = await openSource({ path: folder, files: granted, encoding: 'windows-1252' });
    expect(await read(source)).toEqual([
      { path: 'a.txt', name: 'a', text: 'Grüße' },
      { path: 'b.txt', name: 'b', text: 'Grüße' },
      expect.stringMatching(/c\.txt, c\.txt: there is a NUL/),
      expect.stringMatching(/d\.txt, d\.txt: it is longer than/),
    ]);
  });
});

describe('formats', () => {
  test('what is said wins over the ending, and another ending needs it', async () => {
    const source = await sourceOf('r.data', 'a\tb\n1\t2\n', { format: 'tsv' });
    expect(await read(source)).toEqual([{ a: '1', b: '2' }]);
    await expect(sourceOf('r.data', 'a\n')).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      hint: expect.stringMatching(/each\.format/),
    });
  });

  test.each(['r.jsonl', 'r.ndjson', 'r.txt'])('an empty %s has no rows', async (name) => {
    expect(await read(await sourceOf(name, ''))).toEqual([]);
  });

  test('one row without a line end is a row', async () => {
    expect(await read(await sourceOf('r.jsonl', '{"a":1}'))).toEqual([{ a: 1 }]);
    expect(await read(await sourceOf('r.txt', 'a'))).toEqual([{ text: 'a' }]);
  });

  test('a line without end is refused, and not kept', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    let given = 0;
    const endless = (function* () {
      for (;;) {
        given++;
        yield piece;
      }
    })();
    const source = await pipedSource(endless, { format: 'txt' });
    await expect(read(source)).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/line 1: it is longer than 67108864 bytes/),
    });
    expect(given).toBeLessThan(70);
  });
});

describe('standard input', () => {
  const open = new Promise<never>(() => {});

  test('a sample takes what is there and waits for no more, and the run has all of it', async () => {
    const source = await pipedSource(
      (async function* () {
        yield '{"a":1}\n{"a":"x","b":tr';
        yield 'ue}\n{"c":1}\n';
        await open;
      })(),
      { quietMs: 20 },
    );
    expect(await source.columns({})).toEqual({ a: 'dyn', b: 'bool', c: 'double' });
    const rows: unknown[] = [];
    for await (const row of source.rows()) if (rows.push('value' in row && row.value) === 3) break;
    expect(rows).toEqual([{ a: 1 }, { a: 'x', b: true }, { c: 1 }]);
  });

  test('a header is enough for the columns of csv, and each line is given when it is whole', async () => {
    let more = (_: string): void => {};
    const next = new Promise<string>((resolve) => {
      more = resolve;
    });
    const source = await pipedSource(
      (async function* () {
        yield 'a,b\n';
        yield await next;
        await open;
      })(),
      { format: 'csv' },
    );
    expect(await source.columns({})).toEqual({ a: 'string', b: 'string' });
    const rows = source.rows()[Symbol.asyncIterator]();
    const first = rows.next();
    more('1,2\n');
    expect(await first).toMatchObject({ value: { place: 'line 2', value: { a: '1', b: '2' } } });
  });

  test('ends where it ends, also while the sample is taken, and is read once', async () => {
    const source = await pipedSource(['{"a":1}\n']);
    expect(await source.columns({ b: 'number' })).toEqual({ a: 'double', b: 'double' });
    expect(await read(source)).toEqual([{ a: 1 }]);
    expect(() => source.rows()).toThrow(/can be read once/);
    expect(await (await pipedSource([])).columns({})).toBeUndefined();
  });

  test('is pulled no faster than it is used, and let go when the loop ends', async () => {
    const seen = { given: 0, ended: false };
    const source = await pipedSource(
      (function* () {
        try {
          for (;;) yield `{"n":${seen.given++}}\n`;
        } finally {
          seen.ended = true;
        }
      })(),
    );
    await source.columns({});
    expect(seen.given).toBeLessThanOrEqual(101);
    let count = 0;
    for await (const _ of source.rows()) if (++count === 150) break;
    expect(seen.given).toBeLessThanOrEqual(152);
    expect(seen.ended).toBe(true);
  });

  test('is closed where a read of it never ends', async () => {
    const stdin = new PassThrough();
    stdin.write('{"a":1}\n');
    const source = await openSource({ path: '-', files: granted, stdin, quietMs: 1 });
    expect(await source.columns({})).toEqual({ a: 'double' });
    for await (const _ of source.rows()) break;
    expect(stdin.destroyed).toBe(true);
    await source.close();
  });

  test('cannot be what needs its end, and is unknown where it is not given', async () => {
    await expect(pipedSource([], { format: 'parquet' })).rejects.toMatchObject({ code: 'ROWS_UNREADABLE' });
    const source = await openSource({ path: '-', files: granted });
    expect(await source.columns({})).toBeUndefined();
    await expect(read(source)).rejects.toMatchObject({ message: 'Standard input was not given to read rows from.' });
  });
});

describe('a fingerprint', () => {
  test('is the same until the file changes at an end, in size or time', async () => {
    const source = await sourceOf('r.txt', 'a'.repeat(300_000));
    const { path } = source;
    const first = await fingerprintOf(source);
    expect(await fingerprintOf(source)).toBe(first);
    const text = await readFile(path, 'utf8');
    const at = new Date(1e12);
    await utimes(path, at, at);
    const dated = await fingerprintOf(source);
    expect(dated).not.toBe(first);
    await writeFile(path, `${text.slice(0, -1)}b`);
    await utimes(path, at, at);
    expect(await fingerprintOf(source)).not.toBe(dated);
    expect(await fingerprintOf(await pipedSource([]))).toBeUndefined();
  });

  test('of a folder changes with any of its files', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'a.txt'), 'a');
    const source = await openSource({ path: folder, files: granted });
    const first = await fingerprintOf(source);
    await writeFile(join(folder, '.hidden'), 'x');
    expect(await fingerprintOf(source)).toBe(first);
    await writeFile(join(folder, 'b.txt'), '');
    expect(await fingerprintOf(source)).not.toBe(first);
  });
});
