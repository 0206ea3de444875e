import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call } from './called.ts';
import { folderWith, millrace, root } from './scene.ts';

const kinds = ['classify', 'extract', 'summarise', 'chat'] as const;
const rows = 'id,Review Text,product\n1,Great sound and easy to use.,radio\n2,It broke after a week.,lamp\n';

describe('what init writes validates clean', () => {
  test.each(kinds)('%s over rows, and as a single run', async (kind) => {
    const folder = await folderWith({ 'reviews.csv': rows });
    const flags = ['--yes', '--kind', kind];
    expect(await call(['init', join(folder, 'one.yaml'), ...flags])).toMatchObject({ code: 0, stderr: '' });
    const from = ['--from', join(folder, 'reviews.csv'), '--model', 'qwen3:4b'];
    expect(await call(['init', join(folder, 'rows.yaml'), ...flags, ...from])).toMatchObject({ code: 0, stderr: '' });
    expect(await call(['validate', folder, '--strict'])).toMatchObject({ code: 0 });
    const text = await readFile(join(folder, 'rows.yaml'), 'utf8');
    expect(text).toMatch(/^model: qwen3:4b$/m);
    expect(text).toMatch(/^ {2}from: reviews\.csv$/m);
    expect(text).toMatch(/^ {2}key: \$\{row\.id\}$/m);
    expect(text).toContain('${row["Review Text"]}');
  });

  test.each([
    ['rows.jsonl', '{"number":1,"body":"hello"}\n', '${row.body}'],
    ['rows.txt', 'hello\n', '${row.text}'],
    ['rows.tsv', 'id\tin\n1\thello\n', '${row["in"]}'],
    ['odd #1: x.csv', `"it's: a # ""name"""\nhello\n`, '${row["it\'s: a # \\"name\\""]}'],
    ['texts/a.txt', 'hello', '${row.text}'],
  ])('whatever the columns of %s are called', async (name, content, read) => {
    const folder = await folderWith({ [name]: content });
    const from = join(folder, name.startsWith('texts') ? 'texts' : name);
    const file = join(folder, 'true.yaml');
    expect(await call(['init', file, '--yes', '--from', from])).toMatchObject({ code: 0, stderr: '' });
    expect(await call(['validate', file, '--strict'])).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toContain(read);
  });

  test('and is what its page of the documentation shows', async () => {
    const folder = await folderWith({ 'flows/reviews.csv': rows });
    const file = join(folder, 'flows/reviews.yaml');
    const flags = ['--kind', 'classify', '--from', join(folder, 'flows/reviews.csv'), '--model', 'gemma3:4b'];
    expect(await call(['init', file, ...flags])).toMatchObject({ code: 0 });
    const page = await readFile(join(root, 'docs/authoring.md'), 'utf8');
    expect(page).toContain(`\`\`\`yaml fragment\n${await readFile(file, 'utf8')}\`\`\`\n`);
  });

  test('it runs', async () => {
    const folder = await folderWith({ 'reviews.csv': rows });
    const flags = ['--yes', '--from', 'reviews.csv', '--model', 'millrace-micro'];
    expect(await millrace(['init', ...flags], { cwd: folder })).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await millrace(['run', 'workflow.yaml', '--quiet', '--to', '-'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(
      ['1', '2'].map((key) => ({ key, label: expect.stringMatching(/^(positive|negative|neutral)$/) })),
    );
  });
});

describe('what init does not write', () => {
  test('over a file that is there, unless it is forced to', async () => {
    const folder = await folderWith({ 'w.yaml': 'mine' });
    const file = join(folder, 'w.yaml');
    const refused = await call(['init', file, '--yes']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/USAGE_INVALID.*already[\s\S]*--force/)]);
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await call(['init', file, '--yes', '--force'])).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toMatch(/^name: w\n/);
  });

  test.each([
    ['no rows there', 'none.csv', /none\.csv/],
    ['rows outside the folder of the workflow', '../../etc', /leads out of the folder/],
    ['a file without rows', 'empty.jsonl', /ROWS_UNREADABLE/],
  ])('with %s', async (_, from, message) => {
    const folder = await folderWith({ 'empty.jsonl': '' });
    const file = join(folder, 'w.yaml');
    const { code, stderr } = await call(['init', file, '--yes', '--from', join(folder, from)]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test('where it could ask nobody and was told nothing', async () => {
    const folder = await folderWith({});
    const { code, stderr } = await call(['init', join(folder, 'w.yaml')]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no terminal to ask on[\s\S]*--yes/)]);
  });
});

describe('what init asks on a terminal', () => {
  test('the kind until it is one, the model, the rows and the column', async () => {
    const folder = await folderWith({ 'reviews.csv': rows });
    const file = join(folder, 'w.yaml');
    const stdin = `sing\nsum\n\n${join(folder, 'reviews.csv')}\nproduct\n`;
    const { code, stderr } = await call(['init', file], { stdin, terminal: 80 });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /classify +choose one[\s\S]*none of them[\s\S]*Which model\?[\s\S]*id, Review Text, product/,
    );
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^model: gemma3:4b$/m);
    expect(text).toContain('summarise:');
    expect(text).toContain('${row.product}');
  });

  test('nothing is written where the answers end', async () => {
    const folder = await folderWith({});
    const { code, stderr } = await call(['init', join(folder, 'w.yaml')], { stdin: 'chat\n', terminal: 80 });
    expect([code, stderr]).toEqual([130, expect.stringMatching(/Nothing was written/)]);
    await expect(readFile(join(folder, 'w.yaml'))).rejects.toThrow('ENOENT');
  });
});
