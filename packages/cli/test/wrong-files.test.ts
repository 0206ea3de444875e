import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderWith, millrace } from './scene.ts';

const steps = 'steps:\n  a: { generate: "${row.text}" }\n';

const wrong: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['an empty file', '', /w\.yaml:1:1: error\[FILE_EMPTY\]/],
  ['only a comment', '# nothing yet\n', /w\.yaml:1:1: error\[FILE_EMPTY\]/],
  ['no YAML', 'name: x\nsteps:\n  a: [\n', /w\.yaml:\d+:\d+: error\[YAML_SYNTAX\]/],
  ['a list', '- a\n- b\n', /w\.yaml:1:1: error\[TYPE_WRONG\]: A workflow is a map of keys, and this is a list/],
  ['a text', 'hello world\n', /w\.yaml:1:1: error\[TYPE_WRONG\]/],
  ['5 MB of letters', 'a'.repeat(5_000_000), /w\.yaml:1:1: error\[FILE_UNREADABLE\]: The file has 5000000 bytes/],
  ['5 MB of bytes', new Uint8Array(5_000_000), /w\.yaml:1:1: error\[FILE_UNREADABLE\]/],
  ['bytes that are no text', new Uint8Array([110, 97, 109, 101, 0, 1, 2]), /w\.yaml:1:1: error\[FILE_UNREADABLE\]/],
  [
    'unknown keys',
    `modle: m\neach: { form: r.csv }\n${steps}`,
    /w\.yaml:1:1: error\[KEY_UNKNOWN\] modle:[\s\S]*\^{5}[\s\S]*Did you mean `model`\?[\s\S]*w\.yaml:2:9: error\[KEY_UNKNOWN\] each\.form/,
  ],
  [
    'a cycle',
    'model: m\nsteps:\n  a: { generate: "${b}" }\n  b: { generate: "${a}" }\n',
    /w\.yaml:3:3: error\[CYCLE\] steps\.a: .*a → b → a/,
  ],
  [
    'an unknown step name',
    `model: m\neach: { from: r.csv }\nsteps:\n  first: { generate: "\${row.text}" }\n  next: { generate: "\${frist}" }\n`,
    /w\.yaml:5:24: error\[NAME_UNKNOWN\] steps\.next\.generate: [\s\S]*Did you mean `first`\?/,
  ],
  [
    'an unknown column',
    'model: m\neach: { from: r.csv }\nsteps:\n  a:\n    generate: |\n      Read this:\n      ${row.txt}\n',
    /w\.yaml:7:13: error\[FIELD_UNKNOWN\] steps\.a\.generate: [\s\S]*Did you mean `text`\?/,
  ],
];

describe('a wrong file is refused with its place, exit code 2, and nothing runs', () => {
  test.each(wrong)('%s', async (_, content, message) => {
    const folder = await folderWith({ 'w.yaml': content, 'r.csv': 'text\nx\n' });
    for (const command of ['run', 'validate']) {
      const { code, stdout, stderr } = await millrace([command, 'w.yaml'], { cwd: folder });
      expect(code).toBe(2);
      expect(stdout + stderr).toMatch(message);
      expect(stdout + stderr).not.toMatch(/Model host|bug/);
    }
  });

  test('no such file, and a folder', async () => {
    const folder = await folderWith({});
    for (const command of ['run', 'validate']) {
      expect(await millrace([command, 'no.yaml'], { cwd: folder })).toMatchObject({ code: 2 });
      expect(await millrace([command, '.'], { cwd: folder })).toMatchObject({ code: 2 });
    }
    expect((await millrace(['run', 'no.yaml'], { cwd: folder })).stderr).toMatch(
      /error\[FILE_NOT_FOUND\]: `no\.yaml` does not exist/,
    );
  });

  test.each([
    ['../r.csv', 'o.jsonl', /each\.from: `\.\.\/r\.csv` leads out of the folder/],
    ['link.csv', 'o.jsonl', /each\.from: `link\.csv` leads out of the folder of the workflow through a link/],
    ['.rows.csv', 'o.jsonl', /each\.from: `\.rows\.csv` leads to a dot file/],
    ['rows.csv', '../o.jsonl', /save\.to: `\.\.\/o\.jsonl` leads out/],
    ['rows.csv', '.git/o.jsonl', /save\.to: `\.git\/o\.jsonl` leads to a dot file/],
    ['rows.csv', 'up/o.jsonl', /save\.to: `up\/o\.jsonl` leads out .* through a link/],
  ])('from %s to %s', async (from, to, message) => {
    const folder = await folderWith({
      'r.csv': 'text\nx\n',
      'flow/rows.csv': 'text\nx\n',
      'flow/.rows.csv': 'text\nx\n',
      'flow/w.yaml': `model: millrace-micro\neach: { from: "${from}" }\n${steps}save: { to: "${to}" }\n`,
    });
    await symlink('../r.csv', join(folder, 'flow', 'link.csv'));
    await symlink('..', join(folder, 'flow', 'up'));
    const { code, stderr } = await millrace(['run', 'flow/w.yaml'], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).toMatch(/error\[PATH_REFUSED\]/);
  });
});

test('validate prints every problem as JSON, and says of good files that they are ok', async () => {
  const folder = await folderWith({
    'good.yaml': 'model: m\nsteps: { a: { generate: x } }\n',
    'bad.yaml': 'model: m\nsteps:\n  a: { genrate: x }\n  b: { generate: x, options: { temprature: 0 } }\n',
  });
  const { code, stdout } = await millrace(['validate', 'good.yaml', 'bad.yaml', 'none.yaml', '--format', 'json'], {
    cwd: folder,
  });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual([
    {
      file: 'bad.yaml',
      path: 'steps.a.genrate',
      line: 3,
      column: 8,
      endLine: 3,
      endColumn: 15,
      code: 'KEY_UNKNOWN',
      severity: 'error',
      message: expect.any(String),
      hint: 'Did you mean `generate`?',
    },
    expect.objectContaining({
      path: 'steps.b.options.temprature',
      line: 4,
      column: 32,
      code: 'OPTION_UNKNOWN',
      severity: 'warning',
      hint: 'Did you mean `temperature`?',
    }),
    expect.objectContaining({ file: 'none.yaml', code: 'FILE_UNREADABLE', line: 1, column: 1 }),
  ]);
  expect(await millrace(['validate', 'good.yaml'], { cwd: folder })).toMatchObject({
    code: 0,
    stdout: 'good.yaml: ok\n',
  });
  expect(await millrace(['validate', 'good.yaml', '--format', 'json'], { cwd: folder })).toMatchObject({
    code: 0,
    stdout: '[]\n',
  });
});

test('control sequences of a file never reach the terminal', async () => {
  const folder = await folderWith({ 'w.yaml': 'model: m\n"\\e[31mred": 1\nsteps: { a: { generate: x } }\n' });
  const { stdout } = await millrace(['validate', 'w.yaml'], { cwd: folder });
  expect(stdout).toMatch(/\\x1b\[31mred/);
  expect(stdout).not.toContain('\u001b');
});
