import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { call } from './called.ts';
import { folderWith, millrace } from './scene.ts';

test('schema prints the JSON Schema that editors read, to stdout or into a file', async () => {
  const folder = await folderWith({});
  const { code, stdout } = await millrace(['schema']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  const file = join(folder, 'deep', 'workflow.schema.json');
  const written = await call(['schema', '--out', file]);
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(written.stderr).toContain(`# yaml-language-server: $schema=${file}`);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ title: 'Millrace workflow' });
});

test('schema says why a file cannot be written', async () => {
  const folder = await folderWith({ a: '' });
  const { code, stderr } = await call(['schema', '--out', join(folder, 'a', 'b.json')]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/error\[SAVE_FAILED\]/)]);
});
