import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadWorkflow } from '@millrace/runner';
import { withoutRights } from '@millrace/testing';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** Runs an echo over the rows of one file and gives back what each row ended with. */
async function rowsOf(name: string, content: string | Uint8Array, each = '', more: Record<string, string> = {}) {
  const folder = await folderWith({
    [name]: content,
    ...more,
    'w.yaml': `model: m\neach:\n  from: ${name}\n${each}steps:\n  a: { generate: "x" }\nsave: { fields: { row: "\${row}" } }\n`,
  });
  const { ollama } = await fakeHost({ answer: () => 'ok' });
  const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], deltas: false });
  return ofType(events, 'row-end').sort((a, b) => a.index - b.index);
}

const values = (ends: Awaited<ReturnType<typeof rowsOf>>) => ends.map(({ fields }) => fields?.row);

describe('csv', () => {
  test('reads quotes, commas, line breaks in cells, CRLF and a byte order mark', async () => {
    const text = '\ufeffid,text\r\n1,"a ""quoted"", word"\r\n2,"two\nlines"\r\n3,last';
    expect(values(await rowsOf('r.csv', text))).toEqual([
      { id: '1', text: 'a "quoted", word' },
      { id: '2', text: 'two\nlines' },
      { id: '3', text: 'last' },
    ]);
  });

  test('a line with too few or too many cells fails as a row, with its line, and the others go on', async () => {
    const ends = await rowsOf('r.csv', 'id,text\n1,a\n2\n3,c,d\n"4\n4",e\n5\n');
    expect(ends.map(({ status }) => status)).toEqual(['ok', 'failed', 'failed', 'ok', 'failed']);
    expect(ends.map(({ error }) => error?.message)).toEqual([
      undefined,
      expect.stringMatching(/r\.csv, line 3: 1 cells, and the header has 2/),
      expect.stringMatching(/line 4: 3 cells/),
      undefined,
      expect.stringMatching(/line 7: 1 cells/),
    ]);
  });

  test('a quote that is never closed fails what is left of the file, and keeps what came before', async () => {
    const ends = await rowsOf('r.csv', 'id,text\n1,a\n2,"b\n3,c\n');
    expect(ends.map(({ status }) => status)).toEqual(['ok', 'failed']);
    expect(ends[1]?.error?.message).toMatch(/line 3: the rest of the file cannot be read/);
  });

  test('a header without rows is a run of no rows', async () => {
    expect(await rowsOf('r.csv', 'id,text\n')).toEqual([]);
  });

  test('columns that stand twice, and an empty file, are problems of the workflow', async () => {
    for (const [content, message] of [
      ['id,text,id\n', /`id` stands there twice/],
      ['', /is empty/],
    ] as const) {
      const folder = await folderWith({
        'r.csv': content,
        'w.yaml': 'model: m\neach: { from: r.csv }\nsteps: { a: { generate: x } }\n',
      });
      const { workflow, diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
      expect(workflow).toBeUndefined();
      expect(diagnostics).toMatchObject([
        { code: 'ROWS_UNREADABLE', path: 'each.from', line: 2, message: expect.stringMatching(message) },
      ]);
    }
  });

  test('tabs part the cells of a tsv', async () => {
    expect(values(await rowsOf('r.tsv', 'id\ttext\n1\ta, b\n'))).toEqual([{ id: '1', text: 'a, b' }]);
  });

  test('each.columns gives types to cells; an empty cell is null, a wrong one fails its row', async () => {
    const ends = await rowsOf(
      'r.csv',
      'n,b,t\n1.5,true,x\n,,\nmany,true,x\n',
      '  columns: { n: number, b: boolean }\n',
    );
    expect(values(ends)).toEqual([{ n: 1.5, b: true, t: 'x' }, { n: null, b: null, t: '' }, undefined]);
    expect(ends[2]?.error?.message).toBe('line 4: the cell of `n` is no number: "many"');
  });
});

describe('jsonl', () => {
  test('a row a line; known columns that are missing are null; blank lines are none', async () => {
    const text = '{"id":1,"text":"a"}\n\n{"id":2}\r\n{"text":"line\u2028separator","id":3}';
    expect(values(await rowsOf('r.jsonl', text))).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: null },
      { id: 3, text: 'line\u2028separator' },
    ]);
  });

  test('columns called like parts of every object are columns', async () => {
    const ends = await rowsOf(
      'r.jsonl',
      '{"__proto__":"a","constructor":"b"}\n{"x":1}\n',
      '  key: "${default(row[\\"__proto__\\"], \\"none\\")}"\n',
    );
    expect(ends.map(({ key, status }) => [key, status])).toEqual([
      ['a', 'ok'],
      ['none', 'ok'],
    ]);
    expect(Object.entries(values(ends)[0] as object)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['x', null],
    ]);
  });

  test('a line that is no JSON, or no object, fails as a row with its line', async () => {
    const ends = await rowsOf('r.jsonl', '{"id":1}\n{oops\n[1]\nnull\n{"id":5}\n');
    expect(ends.map(({ status }) => status)).toEqual(['ok', 'failed', 'failed', 'failed', 'ok']);
    expect(ends[1]?.error?.message).toMatch(/r\.jsonl, line 2: this is not JSON: \{oops/);
    expect(ends[2]?.error?.message).toMatch(/line 3: this is JSON, but no object/);
  });

  test('a column that no sampled row has is a mistake in the workflow', async () => {
    const folder = await folderWith({
      'r.jsonl': '{"text":"a"}\n',
      'w.yaml': 'model: m\neach: { from: r.jsonl }\nsteps: { a: { generate: "${row.txt}" } }\n',
    });
    const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
    expect(diagnostics).toMatchObject([{ code: 'FIELD_UNKNOWN', line: 3, hint: 'Did you mean `text`?' }]);
  });

  test('a column that comes late is declared in each.columns', async () => {
    const ends = await rowsOf(
      'r.jsonl',
      '{"id":1}\n{"id":2,"late":"x"}\n',
      '  columns: { late: string }\n  where: ${row.late != null}\n',
    );
    expect(ends.map(({ status }) => status)).toEqual(['skipped', 'ok']);
  });
});

describe('text', () => {
  test('a row a line of a txt file', async () => {
    expect(values(await rowsOf('r.txt', 'one\r\n\ntwo  \n'))).toEqual([{ text: 'one' }, { text: 'two  ' }]);
  });

  test('a file that is not UTF-8 says so, with the line', async () => {
    const folder = await folderWith({
      'r.txt': new Uint8Array([111, 107, 10, 0xff, 0xfe, 10]),
      'w.yaml': 'model: m\neach: { from: r.txt }\nsteps: { a: { generate: "${row.text}" } }\n',
    });
    const { ollama } = await fakeHost();
    const run = allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
    await expect(run).rejects.toMatchObject({
      code: 'ROWS_UNREADABLE',
      message: expect.stringMatching(/r\.txt, line 2: these bytes are not UTF-8/),
    });
  });

  test('rows that are gone, or may not be read, when the run begins end it', async () => {
    const folder = await folderWith({
      'r.txt': 'one\n',
      'w.yaml': 'model: m\neach: { from: r.txt }\nsteps: { a: { generate: "${row.text}" } }\n',
    });
    await chmod(folder, 0o755);
    const { ollama, fake } = await fakeHost();
    const workflow = await loaded(join(folder, 'w.yaml'));
    const run = () => allEvents(workflow, { hosts: [ollama] });
    const path = join(folder, 'r.txt');
    await expect(withoutRights(path, run)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/r\.txt` cannot be read \(EACCES\)/),
    });
    await rm(path);
    await expect(run()).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringMatching(/There is no file `.*r\.txt`/),
    });
    expect(fake.asked).toBe(0);
  });

  test('a row a file of a folder, by name, without dot files and folders', async () => {
    const more = { 'p/b.txt': 'B', 'p/a.txt': 'A', 'p/.hidden.txt': 'no', 'p/sub/c.txt': 'no', 'p/notes.md': 'M' };
    expect(values(await rowsOf('x.csv', 'a\n', '', more).then(() => folderRows('p', more)))).toEqual([
      { path: 'a.txt', name: 'a', text: 'A' },
      { path: 'b.txt', name: 'b', text: 'B' },
      { path: 'notes.md', name: 'notes', text: 'M' },
    ]);
    expect(values(await folderRows('p/*.txt', more))).toMatchObject([{ name: 'a' }, { name: 'b' }]);
    expect(await folderRows('p/*.json', more)).toEqual([]);
  });

  test('a file of a folder that is no text fails as a row', async () => {
    const ends = await folderRows('p', { 'p/a.txt': 'A', 'p/b.bin': new Uint8Array([0xff, 0x41]) });
    expect(ends.map(({ status, key }) => [status, key])).toEqual([
      ['ok', expect.any(String)],
      ['failed', 'b.bin'],
    ]);
    expect(ends[1]?.error?.message).toMatch(/b\.bin: it is not UTF-8 text/);
  });
});

async function folderRows(from: string, files: Record<string, string | Uint8Array>) {
  const folder = await folderWith({
    ...files,
    'w.yaml': `model: m\neach: { from: "${from}" }\nsteps: { a: { generate: "x" } }\nsave: { fields: { row: "\${row}" } }\n`,
  });
  const { ollama } = await fakeHost({ answer: () => 'ok' });
  return ofType(await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] }), 'row-end').sort(
    (a, b) => a.index - b.index,
  );
}

describe('keys', () => {
  test('a key given twice fails the later row and names both places', async () => {
    const ends = await rowsOf('r.csv', 'id,text\n1,a\n2,b\n1,c\n', '  key: ${row.id}\n');
    expect(ends.map(({ key, status }) => [key, status])).toEqual([
      ['1', 'ok'],
      ['2', 'ok'],
      ['line 4', 'failed'],
    ]);
    expect(ends[2]?.error).toMatchObject({
      code: 'KEY_DUPLICATE',
      message: 'The key `1` of line 4 is that of line 2 too.',
    });
  });

  test('however long ago the first one ended', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `${index},x`);
    const ends = await rowsOf('r.csv', `id,text\n${lines.join('\n')}\n3,again\n7,again\n`, '  key: ${row.id}\n');
    expect(ends.filter(({ status }) => status === 'ok')).toHaveLength(400);
    expect(ends.filter(({ status }) => status === 'failed').map(({ error }) => error?.message)).toEqual([
      'The key `3` of line 402 is that of line 5 too.',
      'The key `7` of line 403 is that of line 9 too.',
    ]);
  });

  test('without a key it is a hash of the row, whatever the order of its columns, numbered where rows are equal', async () => {
    const ends = await rowsOf('r.jsonl', '{"a":1,"b":2}\n{"b":2,"a":1}\n{"a":1,"b":3}\n{"a":1,"b":2}\n');
    const [first, second, third, fourth] = ends.map(({ key }) => key);
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect([second, fourth]).toEqual([`${first}#2`, `${first}#3`]);
    expect(third).not.toBe(first);
  });

  test('an empty key fails its row', async () => {
    const ends = await rowsOf('r.csv', 'id,text\n,a\n', '  key: ${row.id}\n');
    expect(ends[0]).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED' } });
  });
});
