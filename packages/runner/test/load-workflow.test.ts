import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { countRows, isLoopback, loadWorkflow, modelsOf } from '@millrace/runner';
import { withoutRights } from '@millrace/testing';
import { folderWith, loaded } from './scene.ts';

const flow = (each: string, save = '', more = '') =>
  `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n${save}\n${more}`;

describe('loading', () => {
  test('paths of the file are seen from the file, those of the caller from the current folder', async () => {
    const folder = await folderWith({
      'r.csv': 'text\nx\n',
      'other/s.csv': 'text\nx\ny\n',
      'w.yaml': flow('each: { from: r.csv }', 'save: { to: out/o.csv }'),
    });
    const own = await loaded(join(folder, 'w.yaml'));
    expect(own.rows?.path).toMatch(/r\.csv$/);
    expect(own.saveTo).toMatch(/out[/\\]o\.csv$/);
    expect(await countRows(own)).toBe(1);
    const given = await loaded(join(folder, 'w.yaml'), {
      from: join(folder, 'other', 's.csv'),
      to: join(folder, '..', `${Date.now()}.jsonl`),
      model: 'n',
    });
    expect(await countRows(given)).toBe(2);
    expect(modelsOf(given)).toEqual(['n']);
    expect(await countRows(given, () => true)).toBeUndefined();
  });

  test('the columns of --from are the ones that expressions are checked against', async () => {
    const folder = await folderWith({
      'r.csv': 'text\nx\n',
      's.csv': 'txt\nx\n',
      'w.yaml': flow('each: { from: r.csv }'),
    });
    const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'), { from: join(folder, 's.csv') });
    expect(diagnostics).toMatchObject([{ code: 'FIELD_UNKNOWN', hint: 'Did you mean `txt`?' }]);
  });

  test('images that the file names, and what its schedule watches, are looked for', async () => {
    const folder = await folderWith({
      'flow/front.png': 'x',
      'flow/inbox/a.csv': 'text\n',
      'flow/w.yaml': `model: m
steps: { a: { generate: hi, images: [front.png, side.png, ../back.png, "data:image/png;base64,AA=="] } }
schedule: { watch: { paths: [inbox, "inbox/*.csv", outbox, ../others] } }
`,
    });
    const { diagnostics } = await loadWorkflow(join(folder, 'flow', 'w.yaml'));
    expect(diagnostics.map(({ code, path, severity }) => `${severity} ${code} ${path}`)).toEqual([
      'error FILE_NOT_FOUND steps.a.images[1]',
      'error PATH_REFUSED steps.a.images[2]',
      'warning FILE_NOT_FOUND schedule.watch.paths[2]',
      'error PATH_REFUSED schedule.watch.paths[3]',
    ]);
  });

  test('a path out of the folder, a missing file, another kind of file and a strange target have their place in the file', async () => {
    const folder = await folderWith({
      'flow/w.yaml': '',
      'rows.csv': 'text\n',
      'flow/r.csv': 'text\n',
      'flow/r.pdf': 'x',
    });
    const { writeFile } = await import('node:fs/promises');
    const problem = async (each: string, save = '') => {
      await writeFile(join(folder, 'flow', 'w.yaml'), flow(`each: { from: ${each} }`, save));
      const { diagnostics, workflow } = await loadWorkflow(join(folder, 'flow', 'w.yaml'));
      expect(workflow).toBeUndefined();
      return diagnostics.map(({ code, path, line, column }) => `${code} ${path} ${line}:${column}`);
    };
    expect(await problem('../rows.csv')).toEqual(['PATH_REFUSED each.from 2:15']);
    expect(await problem('no.csv')).toEqual(['FILE_NOT_FOUND each.from 2:15']);
    expect(await problem('r.pdf')).toEqual(['ROWS_UNREADABLE each.from 2:15']);
    expect(await problem('r.csv', 'save: { to: ../o.jsonl }')).toEqual(['PATH_REFUSED save.to 4:13']);
    expect(await problem('r.csv', 'save: { to: o.txt }')).toEqual(['VALUE_INVALID save.to 4:13']);
    expect(await problem('../rows.csv', 'save: { to: .o.jsonl }')).toEqual([
      'PATH_REFUSED each.from 2:15',
      'PATH_REFUSED save.to 4:13',
    ]);
  });

  test('the rows are never replaced by the results, neither under their name nor through a link', async () => {
    const folder = await folderWith({
      'r.csv': 'key,text\n1,x\n',
      'w.yaml': flow('each: { from: r.csv }', 'save: { to: ./r.csv }'),
      'v.yaml': flow('each: { from: r.csv }', 'save: { to: link.csv }'),
    });
    await symlink('r.csv', join(folder, 'link.csv'));
    const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
    expect(diagnostics).toMatchObject([{ code: 'VALUE_INVALID', path: 'save.to' }]);
    await expect(loadWorkflow(join(folder, 'v.yaml'))).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringMatching(/would replace the rows/),
    });
  });

  test('a host that is not this machine needs a grant', async () => {
    const folder = await folderWith({
      'r.csv': 'text\nx\n',
      'w.yaml': flow('each: { from: r.csv }', '', 'hosts: ["http://127.0.0.1:1", "gpu-box:11434"]'),
    });
    const codes = async (allowHosts?: readonly string[] | true) =>
      (await loadWorkflow(join(folder, 'w.yaml'), { allowHosts })).diagnostics.map(
        ({ code, path }) => `${code} ${path}`,
      );
    expect(await codes()).toEqual(['HOST_REFUSED hosts[1]']);
    expect(await codes(['gpu-box'])).toEqual([]);
    expect(await codes(['other-box'])).toEqual(['HOST_REFUSED hosts[1]']);
    expect(await codes(true)).toEqual([]);
  });

  test('--from needs an each', async () => {
    const folder = await folderWith({ 'r.csv': 'text\nx\n', 'w.yaml': 'model: m\nsteps: { a: { generate: x } }\n' });
    await expect(loadWorkflow(join(folder, 'w.yaml'), { from: join(folder, 'r.csv') })).rejects.toMatchObject({
      code: 'USAGE_INVALID',
    });
  });

  test('a file that nobody may read, or whose link leads round, is there and cannot be read', async () => {
    const folder = await folderWith({ 'r.csv': 'text\nx\n', 'w.yaml': flow('each: { from: r.csv }') });
    const [file, rows] = [join(folder, 'w.yaml'), join(folder, 'r.csv')];
    await chmod(folder, 0o755);
    for (const [locked, options] of [
      [file, {}],
      [rows, { from: rows }],
    ] as const) {
      await expect(withoutRights(locked, () => loadWorkflow(file, options))).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
        message: `\`${locked}\` cannot be read (EACCES).`,
      });
    }
    await symlink('round.csv', join(folder, 'round.csv'));
    const round = loadWorkflow(file, { from: join(folder, 'round.csv') });
    await expect(round).rejects.toMatchObject({ code: 'FILE_UNREADABLE', cause: { code: 'ELOOP' } });
  });

  test('rows that cannot be read are a problem of the workflow that names them', async () => {
    const folder = await folderWith({ 'w.yaml': flow('each: { from: round.csv }') });
    await symlink('round.csv', join(folder, 'round.csv'));
    const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
    expect(diagnostics).toMatchObject([{ code: 'ROWS_UNREADABLE', path: 'each.from', line: 2 }]);
    expect(diagnostics[0]?.message).toMatch(/cannot be read \(ELOOP\)/);
  });

  test('no file, a folder', async () => {
    const folder = await folderWith({});
    await expect(loadWorkflow(join(folder, 'no.yaml'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringMatching(/does not exist/),
    });
    await expect(loadWorkflow(folder)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringMatching(/is a folder/),
    });
  });
});

test('what is this machine', () => {
  for (const host of [
    '127.0.0.1',
    'localhost',
    'http://localhost:11434/x',
    '127.8.8.8:80',
    '[::1]:11434',
    '::1',
    ':11434',
    '0.0.0.0',
    'ollama.localhost',
  ])
    expect([host, isLoopback(host)]).toEqual([host, true]);
  for (const host of [
    'gpu-box',
    'http://192.168.1.2:11434',
    'localhost.example.com',
    '127.0.0.1.example.com',
    'https://ollama.com',
    '[::2]',
    'http://user@127.0.0.1@evil.com',
  ])
    expect([host, isLoopback(host)]).toEqual([host, false]);
});
