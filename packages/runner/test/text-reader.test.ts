import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadWorkflow } from '@millrace/runner';
import { createTextReader } from '../src/paths/text-reader.ts';

let outside: string;
let folder: string;

beforeAll(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), 'millrace-texts-')));
  folder = join(outside, 'flow');
  await mkdir(join(folder, 'prompts', '.git'), { recursive: true });
  for (const file of ['secret.md', 'flow/style.md', 'flow/.env', 'flow/prompts/tone.md', 'flow/prompts/.git/config'])
    await writeFile(join(outside, file), `text of ${file}`);
  await symlink('../secret.md', join(folder, 'link.md'));
  await symlink('..', join(folder, 'up'));
  await symlink('prompts', join(folder, 'inner'));
  await symlink('.env', join(folder, 'env.md'));
  await writeFile(join(folder, 'binary.md'), Buffer.from([0x61, 0xff, 0xfe]));
  await writeFile(join(folder, 'marked.md'), '\ufefftext');
  await writeFile(join(folder, 'large.md'), 'x'.repeat(1024 * 1024 + 1));
  await writeFile(join(folder, 'most.md'), 'x'.repeat(1024 * 1024));
  await writeFile(join(folder, 'empty.md'), '');
});

afterAll(() => rm(outside, { recursive: true, force: true }));

const read = (path: string): string => createTextReader(folder)(path);

test('a text below the folder of the workflow is read', () => {
  expect(read('style.md')).toBe('text of flow/style.md');
  expect(read('./prompts/../prompts/tone.md')).toBe('text of flow/prompts/tone.md');
  expect(read('inner/tone.md')).toBe('text of flow/prompts/tone.md');
  expect(read(join(folder, 'style.md'))).toBe('text of flow/style.md');
  expect(read('empty.md')).toBe('');
  expect(read('most.md')).toHaveLength(1024 * 1024);
});

test('a byte order mark is no part of the text', () => {
  expect(read('marked.md')).toBe('text');
});

describe('what a stranger may not read is refused', () => {
  test.each([
    ['../secret.md', 'leads out of the folder of the workflow.'],
    ['prompts/../../secret.md', 'leads out of the folder of the workflow.'],
    ['link.md', 'leads out of the folder of the workflow through a link.'],
    ['up/secret.md', 'leads out of the folder of the workflow through a link.'],
    ['.env', 'leads to a dot file (.env).'],
    ['env.md', 'leads to a dot file (.env) through a link.'],
    ['prompts/.git/config', 'leads to a dot file (.git).'],
    ['/etc/passwd', 'leads out of the folder of the workflow.'],
  ])('%s', (path, why) => {
    expect(() => read(path)).toThrow(expect.objectContaining({ code: 'PATH_REFUSED', message: `\`${path}\` ${why}` }));
  });
});

describe('what is no text of a fair size cannot be read', () => {
  test.each([
    ['prompts', 'is no file.'],
    ['', 'is no file.'],
    ['binary.md', 'is no text in UTF-8.'],
    ['large.md', 'has 1048577 bytes, and 1048576 can be read.'],
  ])('%j', (path, why) => {
    expect(() => read(path)).toThrow(
      expect.objectContaining({
        code: 'FILE_UNREADABLE',
        message: `\`${path}\` ${why}`,
        hint: 'Name a text file of at most 1 MiB.',
      }),
    );
  });

  test('a pipe is not waited for', () => {
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    expect(() => read('pipe.md')).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
  });
});

describe('a file that is not there is named with the nearest one', () => {
  test.each([
    ['stlye.md', 'Did you mean `style.md`?'],
    ['prompts/tones.md', 'Did you mean `prompts/tone.md`?'],
    ['./stile.md', 'Did you mean `./style.md`?'],
    ['nowhere/tone.md', 'Check the path.'],
    ['style.md/tone.md', 'Check the path.'],
    ['style.md\0', expect.any(String)],
    ['x'.repeat(5000), expect.any(String)],
  ])('%j', (path, hint) => {
    expect(() => read(path)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^FILE_(NOT_FOUND|UNREADABLE)$/), hint }),
    );
  });
});

test('a file is read once, so that all rows of a run see the same', async () => {
  const reader = createTextReader(folder);
  await writeFile(join(folder, 'changing.md'), 'first');
  expect(reader('changing.md')).toBe('first');
  await writeFile(join(folder, 'changing.md'), 'second');
  expect(reader('changing.md')).toBe('first');
  expect(read('changing.md')).toBe('second');
});

test('of many large files not all are kept', async () => {
  const reader = createTextReader(folder);
  await mkdir(join(folder, 'many'), { recursive: true });
  const text = 'x'.repeat(1024 * 1024);
  const names = Array.from({ length: 33 }, (_, index) => `many/${index}.md`);
  for (const name of names) await writeFile(join(folder, name), text);
  for (const name of names) expect(reader(name)).toBe(text);
  for (const name of names) await writeFile(join(folder, name), 'changed');
  expect(reader('many/0.md')).toBe('changed');
  expect(reader('many/32.md')).toBe(text);
});

describe('in a workflow', () => {
  const load = async (expression: string) => {
    const file = join(folder, 'flow.yaml');
    await writeFile(file, `model: m\nsteps:\n  first:\n    generate: "\${${expression}}"\n`);
    return loadWorkflow(file);
  };

  test('a file is read while it is checked, and its text is the prompt', async () => {
    const { workflow, diagnostics } = await load("file('prompts/tone.md')");
    expect(diagnostics).toEqual([]);
    expect(workflow?.steps[0]?.body.render({ inputs: {} })).toBe('text of flow/prompts/tone.md');
  });

  test.each([
    ["file('stlye.md')", 'FILE_NOT_FOUND', 'There is no file `stlye.md`.', 'Did you mean `style.md`?', 23],
    [
      "'a' + file('../secret.md')",
      'PATH_REFUSED',
      '`../secret.md` leads out of the folder of the workflow.',
      /folder/,
      29,
    ],
    ["file('binary.md').trim()", 'FILE_UNREADABLE', '`binary.md` is no text in UTF-8.', /text file/, 23],
  ])('%s is found before anything runs', async (expression, code, message, hint, column) => {
    const { workflow, diagnostics } = await load(expression);
    expect(workflow).toBeUndefined();
    const text = typeof hint === 'string' ? hint : expect.stringMatching(hint);
    expect(diagnostics).toMatchObject([{ code, message, hint: text, line: 4, column, path: 'steps.first.generate' }]);
  });

  test('a path that is computed is confined just so when it is read', async () => {
    const { workflow } = await load("file('../' + 'secret.md')");
    expect(() => workflow?.steps[0]?.body.render({ inputs: {} })).toThrow(
      expect.objectContaining({ code: 'PATH_REFUSED' }),
    );
  });
});
