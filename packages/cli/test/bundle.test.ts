import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderWith, millrace, root } from './scene.ts';

const bundle = join(root, 'packages/cli/dist-bundle');

/** Every file that these read at their start. */
async function readAtStart(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const visit = async (name: string): Promise<void> => {
    if (texts.has(name)) return;
    const text = await readFile(join(bundle, name), 'utf8');
    texts.set(name, text);
    for (const [, from] of text.matchAll(/(?:\bfrom|\bimport)"\.\/([^"]+)"/g)) await visit(from as string);
  };
  for (const name of names) await visit(name);
  return texts;
}

/** The file of a command. */
async function fileOf(command: string): Promise<string> {
  const name = (await readdir(bundle)).find((file) => file.startsWith(`${command}-`));
  if (name === undefined) throw new Error(`no file of ${command}`);
  return name;
}

describe('a command reads only its own part of the bundle', () => {
  /** Which parts of the program are among the files that a command reads; their texts are too long for a message. */
  const partsOf = async (command: string) => {
    const text = [...(await readAtStart(['main.js', await fileOf(command)])).values()].join('\n');
    // What is imported late is loaded by what calls for it.
    const journal = /(?:\bfrom|\bimport) ?"@photostructure\/sqlite"/.test(text);
    return {
      journal,
      queue: /\bPQueue ?= ?class\b|\bclass PQueue\b/.test(text),
      engine: text.includes('@millrace/engine'),
    };
  };

  test('run reads the queue and the engine, so that they can be found, and opens the journal when it needs it', async () => {
    expect(await partsOf('run')).toEqual({ journal: false, queue: true, engine: true });
  });

  test.each(['validate', 'explain', 'init', 'schema', 'runs-list', 'runs-show', 'runs-export'])(
    '%s reads none of them',
    async (command) => {
      expect(await partsOf(command)).toEqual({ journal: false, queue: false, engine: false });
    },
  );

  test.each(['chat', 'generate', 'models-list', 'models-pull'])('%s reads no queue and no journal', async (command) => {
    expect(await partsOf(command)).toMatchObject({ journal: false, queue: false });
  });

  test('validate needs neither ajv nor the engine of patterns for workflows without a pattern and a full JSON Schema', async () => {
    const copy = await folderWith({ 'package.json': '{ "type": "module" }' });
    await cp(join(root, 'packages/cli/bin'), join(copy, 'bin'), { recursive: true });
    await cp(bundle, join(copy, 'dist-bundle'), { recursive: true });
    for (const name of ['ajv.cjs', 're2js.cjs']) await rm(join(copy, 'dist-bundle', name));
    const script = join(copy, 'bin/millrace.js');
    const plain = ['single-prompt', 'review-replies', 'summarise-then-answer', 'prompt-files'];
    const files = plain.map((name) => join(root, 'workflows', `${name}.yaml`));
    const { code, stdout } = await millrace(['validate', ...files], { script });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^4 files: 4 ok$/m)]);
    // Those that need them do look for them there.
    const spec = join(root, 'packages/schema/spec/valid/returns-json-schema.yaml');
    expect((await millrace(['validate', spec], { script })).stderr).toMatch(/ajv\.cjs/);
  });
});

test('a program that was not built says so', async () => {
  const copy = await folderWith({ 'package.json': '{ "type": "module" }' });
  await mkdir(join(copy, 'bin'));
  await cp(join(root, 'packages/cli/bin/millrace.js'), join(copy, 'bin/millrace.js'));
  expect(await millrace(['validate', 'x.yaml'], { script: join(copy, 'bin/millrace.js') })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'Millrace has not been built: run `npm run setup` in its folder.\n',
  });
});

test('the bundle brings the licenses of what is in it', async () => {
  const text = await readFile(join(bundle, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['ajv', 'commander', 'rxjs', 'yaml']) expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(text).toMatch(/Permission is hereby granted/);
});
