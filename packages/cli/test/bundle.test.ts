import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderWith, millrace, root } from './scene.ts';

/** Which files of the bundle a command starts, by their paths among the sources: Node writes down which functions it ran. */
async function startedBy(args: readonly string[]): Promise<readonly string[]> {
  const folder = await folderWith({ 'w.yaml': 'model: m\nsteps: { a: { generate: "x" } }\n' });
  const coverage = join(folder, 'coverage');
  await millrace(args, { cwd: folder, env: { NODE_V8_COVERAGE: coverage, NODE_DISABLE_COMPILE_CACHE: '1' } });
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')));
  const program = reports
    .flatMap((text) => JSON.parse(text).result as Script[])
    .find(({ url }) => url.endsWith('/dist-bundle/program.js'));
  const ran = program?.functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0) ?? [];
  return ran.map(({ functionName }) => functionName).filter((name) => name.includes('/'));
}

interface Script {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly count: number }[];
  }[];
}

describe('a command starts only its own part of the bundle', () => {
  const parts = {
    schema: 'packages/schema/src/check-workflow.ts',
    rxjs: 'rxjs/dist/esm/internal/Observable.js',
    queue: 'p-queue/dist/index.js',
    journal: 'packages/runner/src/journal/database.ts',
    talks: 'packages/cli/src/talk/hear-answer.ts',
  };
  type Part = keyof typeof parts;
  const partsOf = async (...args: readonly string[]): Promise<Part[]> => {
    const started = await startedBy(args);
    return (Object.keys(parts) as Part[]).filter((part) => started.some((file) => file.includes(parts[part])));
  };

  const nowhere = ['--host', 'http://127.0.0.1:9'];
  test.each<[string, readonly Part[]]>([
    [`run w.yaml ${nowhere.join(' ')}`, ['schema', 'rxjs', 'queue', 'journal']],
    ['validate w.yaml', ['schema', 'rxjs']],
    ['explain w.yaml', ['schema', 'rxjs']],
    ['schema', ['rxjs']],
    ['runs', ['journal']],
    ['runs show 1', ['journal']],
    ['runs export 1', ['journal']],
    [`generate m x ${nowhere.join(' ')}`, ['rxjs', 'talks']],
    [`models ${nowhere.join(' ')}`, ['rxjs']],
    [`models pull m ${nowhere.join(' ')}`, ['rxjs']],
    ['--version', []],
    ['--help', []],
  ])('%s', async (line, expected) => {
    expect(await partsOf(...line.split(' '))).toEqual(expected);
  });

  const late = ['ajv/dist/2020.js', 're2js/'];
  const lateIn = (started: readonly string[]) =>
    late.filter((name) => started.some((file) => file.includes(`node_modules/${name}`)));

  test('validate needs neither ajv nor the engine of patterns for workflows without a pattern and a full JSON Schema', async () => {
    const plain = ['single-prompt', 'review-replies', 'summarise-then-answer', 'prompt-files'];
    const started = await startedBy(['validate', ...plain.map((name) => join(root, 'workflows', `${name}.yaml`))]);
    expect(lateIn(started)).toEqual([]);
    const spec = join(root, 'packages/schema/spec/valid');
    expect(lateIn(await startedBy(['validate', join(spec, 'returns-json-schema.yaml')]))).toEqual(late);
  });
});

test('a program that was not built says so', async () => {
  const copy = await folderWith({ 'package.json': '{ "type": "module" }' });
  await cp(join(root, 'packages/cli/bin'), join(copy, 'bin'), { recursive: true });
  expect(await millrace(['validate', 'x.yaml'], { script: join(copy, 'bin/millrace.js') })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'Millrace has not been built: run `npm run setup` in its folder.\n',
  });
});

test('the bundle brings the licenses of what is in it', async () => {
  const text = await readFile(join(root, 'packages/cli/dist-bundle/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['ajv', 'commander', 'rxjs', 'yaml']) expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(text).toMatch(/Permission is hereby granted/);
});
