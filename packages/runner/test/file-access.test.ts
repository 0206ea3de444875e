import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { confinedTo, granted } from '../src/paths/file-access.ts';
import { isOwnFile } from '../src/paths/is-own-file.ts';

let outside: string;
let folder: string;

beforeAll(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), 'millrace-paths-')));
  folder = join(outside, 'flow');
  await mkdir(join(folder, 'data', '.git'), { recursive: true });
  for (const file of ['secret.csv', 'flow/rows.csv', 'flow/.env', 'flow/data/a.csv', 'flow/data/.git/b.csv'])
    await writeFile(join(outside, file), 'x');
  await symlink('../secret.csv', join(folder, 'link.csv'));
  await symlink('..', join(folder, 'up'));
  await symlink('data', join(folder, 'inner'));
  await symlink('.env', join(folder, 'env.csv'));
  await symlink(join(outside, 'not-there'), join(folder, 'dangling'));
});

afterAll(() => rm(outside, { recursive: true, force: true }));

describe('a workflow file may use what lies below its own folder', () => {
  const files = () => confinedTo(folder);

  test('and gets it without links', async () => {
    expect(await files().toRead('rows.csv')).toBe(join(folder, 'rows.csv'));
    expect(await files().toRead('./data/../data/a.csv')).toBe(join(folder, 'data', 'a.csv'));
    expect(await files().toRead('inner/a.csv')).toBe(join(folder, 'data', 'a.csv'));
    expect(await files().toRead(join(folder, 'rows.csv'))).toBe(join(folder, 'rows.csv'));
    expect(await files().toRead('data/*.csv')).toBe(join(folder, 'data', '*.csv'));
    expect(await files().toWrite('out/deep/new.jsonl')).toBe(join(folder, 'out', 'deep', 'new.jsonl'));
    expect(await files().toWrite('inner/new.jsonl')).toBe(join(folder, 'data', 'new.jsonl'));
  });

  test.each([
    ['../secret.csv', /leads out of the folder of the workflow\./],
    ['data/../../secret.csv', /leads out/],
    ['link.csv', /leads out .* through a link/],
    ['up/secret.csv', /through a link/],
    ['up/*.csv', /through a link/],
    ['.env', /dot file \(\.env\)/],
    ['env.csv', /dot file \(\.env\) through a link/],
    ['data/.git/b.csv', /dot file \(\.git\)/],
    ['/etc/passwd', /leads out/],
  ])('but not %s', async (path, message) => {
    await expect(files().toRead(path)).rejects.toMatchObject({
      code: 'PATH_REFUSED',
      message: expect.stringMatching(message),
    });
    await expect(files().toWrite(path)).rejects.toMatchObject({ code: 'PATH_REFUSED' });
  });

  test.each(['../new.jsonl', 'up/new.jsonl', 'up/new/new.jsonl', '.hidden/new.jsonl', '../flow-too/new.jsonl'])(
    'and writes nothing to %s',
    async (path) => {
      await expect(files().toWrite(path)).rejects.toMatchObject({ code: 'PATH_REFUSED' });
    },
  );

  test('a file that is not there is named', async () => {
    await expect(files().toRead('no.csv')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(files().toRead('dangling')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

test('a path on the command line is its own grant', async () => {
  expect(await granted.toRead(join(folder, 'link.csv'))).toBe(join(outside, 'secret.csv'));
  expect(await granted.toWrite(join(outside, 'new.jsonl'))).toBe(join(outside, 'new.jsonl'));
});

test('only files that begin as results do are replaced', async () => {
  const verdict = async (content: string) => {
    const file = join(outside, 'some-file');
    await writeFile(file, content);
    return isOwnFile(file);
  };
  expect(await isOwnFile(join(outside, 'not-there'))).toBe(true);
  expect(await verdict('')).toBe(true);
  expect(await verdict('{"key":"1","a":2}\n')).toBe(true);
  expect(await verdict('key,a\n1,2\n')).toBe(true);
  expect(await verdict('key\n1\n')).toBe(true);
  for (const foreign of ['keys,a\n', '{"id":1}\n', 'notes', 'key', ' {"key":1}'])
    expect(await verdict(foreign)).toBe(false);
});
