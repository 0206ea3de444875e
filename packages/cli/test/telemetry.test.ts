import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startFakeOllama } from '@millrace/testing';
import { afterTest, folderWith, millrace, root, start } from './scene.ts';

/** The files that docs/telemetry.md shows, by their names. */
async function filesOfPage(): Promise<Record<string, string>> {
  const page = await readFile(join(root, 'docs', 'telemetry.md'), 'utf8');
  const blocks = [...page.matchAll(/^```js\n\/\/ (\S+):(.*?)^```/gms)];
  return Object.fromEntries(blocks.map(([, name = '', text]) => [name, `//${text}`]));
}

interface Line {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A folder as a user has it, with a workflow over so many rows and the SDK beside it. */
async function scene(rows: number, files: Record<string, string> = {}) {
  const fake = await startFakeOllama({ models: ['m'], slots: 4, answer: () => 'yes' });
  afterTest(() => fake.close());
  const folder = await folderWith({
    'w.yaml':
      'model: m\neach: { from: r.csv, key: "${row.id}" }\nsteps:\n  a: { generate: "Is it ${row.id}?" }\nsave: { to: out.jsonl }\n',
    'r.csv': `id\n${Array.from({ length: rows }, (_, id) => `${id}\n`).join('')}`,
    ...(await filesOfPage()),
    ...files,
  });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const spans = async (): Promise<Line[]> =>
    (await readFile(join(folder, 'spans.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { folder, args: ['run', 'w.yaml', '--host', fake.url], fake, spans };
}

const withSdk = { NODE_OPTIONS: '--import ./otel.mjs' };
const count = (lines: readonly Line[], name: string): number => lines.filter((line) => line.name === name).length;

test('a run with the SDK file of the page writes its spans, as a part of TRACEPARENT, and prints what it prints without', async () => {
  const { folder, args, fake, spans } = await scene(3);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const env = { ...withSdk, TRACEPARENT: `00-${traceId}-b7ad6b7169203331-01` };
  const traced = await millrace([...args, '--json'], { cwd: folder, env });
  expect([traced.code, traced.stderr]).toEqual([0, '']);
  const lines = await spans();
  expect([count(lines, 'row'), count(lines, 'step'), count(lines, 'text_completion m')]).toEqual([3, 3, 3]);
  const byId = new Map(lines.map((line) => [line.spanId, line]));
  const pathOf = (line: Line): string =>
    `${byId.has(line.parent ?? '') ? pathOf(byId.get(line.parent ?? '') as Line) : line.parent} ${line.name}`;
  for (const line of lines) {
    expect(line.traceId).toBe(traceId);
    expect(pathOf(line)).toMatch(/^b7ad6b7169203331 millrace\.run w/);
    expect(line.status).toBe(0);
  }
  const call = lines.find(({ name }) => name === 'text_completion m') as Line;
  expect(pathOf(call)).toBe('b7ad6b7169203331 millrace.run w row step text_completion m');
  expect(call.attributes).toMatchObject({
    'gen_ai.provider.name': 'ollama',
    'server.port': Number(new URL(fake.url).port),
  });
  expect(JSON.stringify(lines)).not.toMatch(/Is it|yes/);

  const plain = await millrace([...args, '--json', '--new'], { cwd: folder });
  const typesOf = (stdout: string): string[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type)
      .sort();
  const withoutLoads = (types: readonly string[]): string[] => types.filter((type) => type !== 'model-load');
  expect(withoutLoads(typesOf(traced.stdout))).toEqual(withoutLoads(typesOf(plain.stdout)));
  expect(await spans()).toHaveLength(lines.length);
});

test('the sampler of the page keeps whole rows, with the run', async () => {
  const { folder, args, spans } = await scene(150);
  const sdk = await readFile(join(folder, 'otel.mjs'), 'utf8');
  const { 'otel.mjs': _, ...rest } = await filesOfPage();
  const other = await folderWith({
    ...rest,
    'otel.mjs': `import { oneRowInHundred } from './sampler.mjs';\n${sdk.replace('{ spanProcessors', '{ sampler: oneRowInHundred, spanProcessors')}`,
  });
  await symlink(join(root, 'node_modules'), join(other, 'node_modules'));
  const { code } = await millrace([...args, '--quiet'], {
    cwd: folder,
    env: { NODE_OPTIONS: `--import ${join(other, 'otel.mjs')}` },
  });
  expect(code).toBe(0);
  const lines = await spans();
  expect([
    count(lines, 'millrace.run w'),
    count(lines, 'row'),
    count(lines, 'step'),
    count(lines, 'text_completion m'),
  ]).toEqual([1, 2, 2, 2]);
  const rows = lines.filter(({ name }) => name === 'row');
  expect(rows.map(({ attributes }) => attributes['millrace.row.index']).sort()).toEqual([0, 100]);
});

test('a run that is interrupted sends its spans too', async () => {
  const { folder, spans } = await scene(2);
  const slow = await startFakeOllama({
    models: ['m'],
    faults: ({ path }) => (path === '/api/generate' ? { kind: 'stall' } : undefined),
  });
  afterTest(() => slow.close());
  const running = start(['run', 'w.yaml', '--host', slow.url, '--json'], { cwd: folder, env: withSdk });
  await running.saw(/"step-start"/);
  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  const lines = await spans();
  const run = lines.find(({ name }) => name === 'millrace.run w') as Line;
  expect(run.attributes['millrace.run.status']).toBe('interrupted');
  const call = lines.find(({ name }) => name === 'text_completion m') as Line;
  expect(call.attributes['millrace.call.status']).toBe('cancelled');
});

/** Whether a run loaded what makes spans: Node writes down which files it ran. */
async function loadsTelemetry(env: Record<string, string>): Promise<boolean> {
  const { folder, args } = await scene(1);
  const coverage = join(folder, 'coverage');
  const { code } = await millrace([...args, '--quiet'], { cwd: folder, env: { ...env, NODE_V8_COVERAGE: coverage } });
  expect(code).toBe(0);
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')));
  const urls = reports.flatMap((text) => JSON.parse(text).result.map(({ url }: { url: string }) => url));
  expect(urls.filter((url) => url.includes('/dist-bundle/')).length).toBe(1);
  return urls.some((url) => url.includes('/telemetry/dist/'));
}

test('what makes spans is loaded only where there is an SDK', async () => {
  expect(await loadsTelemetry({})).toBe(false);
  expect(await loadsTelemetry(withSdk)).toBe(true);
});
