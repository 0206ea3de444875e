import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call } from './called.ts';
import { folderWith, millrace, root } from './scene.ts';

const good = 'model: m\nsteps: { a: { generate: x } }\n';
const warned = 'model: m\nsteps: { a: { generate: x, options: { temprature: 0 } } }\n';
const bad = 'model: m\nsteps: { a: { genrate: x } }\n';

describe('what is validated', () => {
  test('a folder: every .yaml and .yml file below, but for node_modules and what begins with a dot', async () => {
    const folder = await folderWith({
      'b.yml': good,
      'a/deep/a.yaml': good,
      'a/notes.txt': 'no workflow',
      'node_modules/x/bad.yaml': bad,
      'a/node_modules/bad.yaml': bad,
      '.github/workflows/bad.yaml': bad,
      '.hidden.yaml': bad,
    });
    await mkdir(join(folder, 'a', 'round'));
    await symlink('..', join(folder, 'a', 'round', 'again'));
    expect(await millrace(['validate', '.'], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: 'a/deep/a.yaml: ok\nb.yml: ok\n2 files: 2 ok\n',
    });
    expect((await millrace(['validate', 'a'], { cwd: folder })).stdout).toBe('a/deep/a.yaml: ok\n');
  });

  test('a pattern, and a file that was named twice only once', async () => {
    const folder = await folderWith({ 'x/a.yaml': good, 'x/b.yaml': good, 'x/c.txt': bad, '[odd].yaml': good });
    const { code, stdout } = await millrace(['validate', 'x/*.yaml', 'x/b.yaml', '[odd].yaml'], { cwd: folder });
    expect([code, stdout]).toEqual([0, 'x/a.yaml: ok\nx/b.yaml: ok\n[odd].yaml: ok\n3 files: 3 ok\n']);
  });

  test('stdin, whose paths are relative to the current folder', async () => {
    const folder = await folderWith({ 'rows.csv': 'text\nx\n' });
    const text = `model: m\neach: { from: ${join(folder, 'none.csv')} }\nsteps: { a: { generate: "\${row.text}" } }\n`;
    const { code, stdout } = await call(['validate', '-'], { stdin: text });
    expect([code, stdout]).toEqual([2, expect.stringMatching(/^<stdin>:2:15: error\[PATH_REFUSED\]/)]);
    expect(stdout).toMatch(/\^\^\^/);
    expect(await call(['validate', '-'], { stdin: good })).toEqual({ code: 0, stdout: '<stdin>: ok\n', stderr: '' });
    expect((await call(['validate', '-'])).stdout).toMatch(/^<stdin>:1:1: error\[FILE_EMPTY\]/);
    expect((await call(['validate', '-'], { stdin: 'x'.repeat(5_000_000) })).stdout).toMatch(/FILE_UNREADABLE/);
  });

  test.each([
    ['nothing/*.yaml', /No file matches/],
    ['.', /no \.yaml or \.yml file/],
    ['none.yaml', /does not exist/],
  ])('%s where there is nothing is an error', async (word, message) => {
    const folder = await folderWith({});
    const { code, stdout } = await millrace(['validate', word], { cwd: folder });
    expect([code, stdout]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('how the result is said', () => {
  test('of several files, the last line sums up', async () => {
    const folder = await folderWith({ 'bad.yaml': bad, 'good.yaml': good, 'warned.yaml': warned });
    const { code, stdout } = await millrace(['validate', '.'], { cwd: folder });
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /good\.yaml: ok\n.*warning[\s\S]*warned\.yaml: ok\n3 files: 2 ok, 1 with errors \(1 error, 1 warning\)\n$/,
    );
  });

  test('--strict takes warnings for errors', async () => {
    const folder = await folderWith({ 'good.yaml': good, 'warned.yaml': warned });
    expect(await millrace(['validate', '.'], { cwd: folder })).toMatchObject({ code: 0 });
    expect(await millrace(['validate', '.', '--strict'], { cwd: folder })).toMatchObject({ code: 2 });
    expect(await millrace(['validate', 'good.yaml', '--strict'], { cwd: folder })).toMatchObject({ code: 0 });
  });

  test('for GitHub Actions as commands of which no file can make one of its own', async () => {
    const odd = 'model: m\nsteps:\n  a: { generate: x, "k,:%\\n::error::forged": 1 }\n';
    const folder = await folderWith({ 'a,b: 100%.yaml': odd, 'good.yaml': good });
    const { code, stdout, stderr } = await millrace(['validate', '.', '--format', 'github'], { cwd: folder });
    expect(code).toBe(2);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stdout).toMatch(
      /^::error file=a%2Cb%3A 100%25\.yaml,line=3,endLine=3,col=21,endColumn=43,title=KEY_UNKNOWN steps\.a[^:,]*::[^\n]*\n$/,
    );
    expect(stderr).toBe('2 files: 1 ok, 1 with errors (1 error)\n');
  });

  test('the bundled program says of every wrong fixture what the sources say', async () => {
    const folder = join(root, 'packages/schema/spec/invalid');
    const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
    const args = ['validate', ...files, '--format', 'json'];
    const [bundled, source] = [await millrace(args), await call(args)];
    expect(JSON.parse(bundled.stdout)).toEqual(JSON.parse(source.stdout));
    expect(bundled.stderr).toBe(source.stderr);
  });
});

describe('how a problem is shown', () => {
  /** The lines about the first problem of a file. */
  const shown = async (stdin: string, called: Omit<Parameters<typeof call>[1] & object, 'stdin'> = {}) =>
    (await call(['validate', '-'], { ...called, stdin })).stdout.split('\n');

  test.each([
    ['a tab', '  a: { generate: x,\tgenrate: 1 }', '  a: { generate: x, genrate: 1 }', 20],
    ['wide characters', '  a: { generate: "日本語", genrate: 1 }', '  a: { generate: "日本語", genrate: 1 }', 27],
    [
      'one sign of many code units',
      '  a: { generate: "👩‍👩‍👧", genrate: 1 }',
      '  a: { generate: "👩‍👩‍👧", genrate: 1 }',
      23,
    ],
    [
      'an accent of its own',
      '  a: { generate: "e\u0301", genrate: 1 }',
      '  a: { generate: "e\u0301", genrate: 1 }',
      22,
    ],
    [
      'a mark that turns text round',
      '  a: { generate: "\u202e", genrate: 1 }',
      '  a: { generate: "\\u202e", genrate: 1 }',
      27,
    ],
  ])('the carets stand below the whole range behind %s', async (_, line, quoted, columns) => {
    const [, text, marks] = await shown(`model: m\nsteps:\n${line}\n`);
    expect(text).toBe(`  3 | ${quoted}`);
    expect(marks).toBe(`    | ${' '.repeat(columns)}^^^^^^^`);
  });

  test('several problems of a line each have their own carets', async () => {
    const lines = await shown('model: m\nsteps:\n  a: { generate: "${one} ${two}", tree: 1 }\n');
    const marks = lines.filter((line) => /^ +\| +\^+$/.test(line));
    expect(marks.map((line) => [line.indexOf('^') - 6, line.lastIndexOf('^') - 5])).toEqual([
      [20, 23],
      [27, 30],
      [34, 38],
    ]);
  });

  test.each([
    ['in the middle', 3000, 3000],
    ['at the start', 0, 3000],
    ['at the end', 3000, 0],
  ])('a long line is cut around a place %s', async (_, before, after) => {
    const text = `${'y'.repeat(before)}\${gone}${'z'.repeat(after)}`;
    const [, quoted = '', marks = ''] = await shown(`model: m\nsteps:\n  a: { generate: "${text}" }\n`);
    expect(quoted.length).toBeLessThanOrEqual(120);
    expect(quoted.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('gone');
    expect([/\| …/.test(quoted), /…$/.test(quoted)]).toEqual([before > 0, after > 0]);
  });

  test('a line that fits a terminal is not cut, one that does not is', async () => {
    const text = `model: m\nsteps:\n  a: { generate: "${'word '.repeat(20)}", genrate: 1 }\n`;
    expect((await shown(text, { terminal: 150, env: { NO_COLOR: '1' } }))[1]).not.toMatch(/…/);
    const [, quoted = ''] = await shown(text, { terminal: 80, env: { NO_COLOR: '1' } });
    expect([quoted.length <= 80, /…/.test(quoted)]).toEqual([true, true]);
  });

  test('colours are for terminals, and not where NO_COLOR is set', async () => {
    const colour = '\u001b[';
    expect((await shown(bad)).join()).not.toContain(colour);
    expect((await shown(bad, { terminal: 100 })).join()).toContain(colour);
    expect((await shown(bad, { terminal: 100, env: { NO_COLOR: '1' } })).join()).not.toContain(colour);
    expect((await shown(bad, { terminal: 100, env: { TERM: 'dumb' } })).join()).not.toContain(colour);
  });

  test('what a file holds never looks like a line of the program', async () => {
    const [head, ...more] = await shown(
      'model: m\n"a\\nx.yaml:1:1: error[X]: forged": 1\nsteps: { a: { generate: x } }\n',
    );
    expect(head).toMatch(/error\[KEY_UNKNOWN\] .*\\nx\.yaml/);
    expect(more.filter((line) => line.startsWith('x.yaml'))).toEqual([]);
  });
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8'));
  expect((await millrace(['--version'])).stdout).toBe(`${version}\n`);
});
