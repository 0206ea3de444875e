import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startFakeOllama } from '@millrace/testing';
import { reviewModel } from './review-model.ts';
import { afterTest, folderWith, millrace, root } from './scene.ts';

const readme = await readFile(join(root, 'README.md'), 'utf8');

const blocksOf = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code as string);

const [flow = '', reduce = ''] = blocksOf('yaml');

/** A folder with a workflow and the data of the examples. */
async function folderOf(workflow: string): Promise<string> {
  const folder = await folderWith({ 'workflow.yaml': workflow });
  await cp(join(root, 'workflows/data'), join(folder, 'data'), { recursive: true });
  return folder;
}

test('the README shows what `validate` says of its workflow with two words misspelt', async () => {
  const wrong = flow.replace('row.text !=', 'row.txt !=').replace('${classify ==', '${clasify ==');
  const { code, stdout } = await millrace(['validate', 'workflow.yaml'], { cwd: await folderOf(wrong) });
  expect(code).toBe(2);
  expect(blocksOf('text')).toContain(stdout);
});

test('the README shows the groups and counts of its reduce', async () => {
  const fake = await startFakeOllama({ models: ['millrace-micro'], slots: 4, answer: reviewModel });
  afterTest(() => fake.close());
  const cwd = await folderOf(reduce);
  expect(await millrace(['run', 'workflow.yaml', '--quiet'], { cwd, env: { OLLAMA_HOST: fake.url } })).toMatchObject({
    code: 0,
    stderr: '',
  });
  const withoutValues = (csv = ''): string[] => csv.split('\n').map((line) => line.split(',').slice(0, 2).join());
  const shown = blocksOf('text').find((text) => text.startsWith('group,'));
  expect(withoutValues(shown)).toEqual(
    withoutValues(await readFile(join(cwd, 'out/complaints-by-product.csv'), 'utf8')),
  );
});

test('the workflow of the README is the first example', async () => {
  const example = await readFile(join(root, 'workflows/review-replies.yaml'), 'utf8');
  const explained = async (text: string): Promise<Record<string, unknown>> => {
    const { stdout } = await millrace(['explain', 'workflow.yaml', '--format', 'json'], { cwd: await folderOf(text) });
    return JSON.parse(stdout);
  };
  const [shown, whole] = [await explained(flow), await explained(example)];
  for (const part of ['name', 'rows', 'steps']) expect([part, shown[part]]).toEqual([part, whole[part]]);
});
