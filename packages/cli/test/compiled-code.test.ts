import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderWith, millrace, root } from './scene.ts';

/** A copy of the built program, with no code kept. */
async function scene() {
  const folder = await folderWith({ 'package.json': '{ "type": "module" }', 'w.yaml': workflow });
  await cp(join(root, 'packages/cli/bin'), join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'dist-bundle'));
  const program = join(folder, 'dist-bundle/program.js');
  await cp(join(root, 'packages/cli/dist-bundle/program.js'), program);
  const script = join(folder, 'bin/millrace.js');
  const kept = join(folder, 'dist-bundle/compiled');
  return {
    program,
    kept,
    start: (args: readonly string[] = ['validate', 'w.yaml'], env: Record<string, string> = {}) =>
      millrace(args, { cwd: folder, script, env }),
    /** What is kept, by name, with what changes when it is written anew. */
    files: async () =>
      Promise.all(
        (await readdir(kept).catch(() => [])).map(async (name) => {
          const { ino, mtimeMs } = await stat(join(kept, name));
          return { path: join(kept, name), written: `${ino} ${mtimeMs}` };
        }),
      ),
  };
}

const workflow = 'model: m\nsteps: { a: { generate: "x" } }\n';
const right = { code: 0, stdout: 'w.yaml: ok\n', stderr: '' };

describe('the code of a command that a start has compiled', () => {
  test('is kept for the next one, in a file for each command', async () => {
    const { start, files } = await scene();
    expect(await start()).toMatchObject(right);
    const first = await files();
    expect(first.map(({ path }) => basename(path))).toEqual([
      expect.stringMatching(new RegExp(`^validate-[0-9a-f]{16}-${process.version}-${process.arch}$`)),
    ]);
    // It would be written anew if V8 had refused it.
    expect(await start()).toMatchObject(right);
    expect(await files()).toEqual(first);
    expect((await start(['--version'])).code).toBe(0);
    expect((await files()).map(({ path }) => basename(path).split('-')[0])).toEqual(['flags', 'validate']);
  });

  test.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 4096)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('not code')],
  ])('%s is not run, and written anew', async (_, spoil) => {
    const { start, files } = await scene();
    await start();
    const [first] = await files();
    const { path } = first as { path: string };
    await writeFile(path, spoil(await readFile(path)));
    expect(await start()).toMatchObject(right);
    const [healed] = await files();
    expect(await start()).toMatchObject(right);
    expect(await files()).toEqual([healed]);
  });

  test('is not run for another program of the same length', async () => {
    const { program, start, files } = await scene();
    await start(['--version']);
    const text = await readFile(program, 'latin1');
    const [hash = ''] = text.match(/^\/\/.{16}/) ?? [];
    const version = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8')).version as string;
    const other = text
      .replaceAll(`"${version}"`, `"${version.replace(/\d/, '7')}"`)
      .replace(hash, `//${'0'.repeat(16)}`);
    expect([other.length, other === text]).toEqual([text.length, false]);
    await writeFile(program, other);
    expect((await start(['--version'])).stdout).toBe(`${version.replace(/\d/, '7')}\n`);
    expect(await files()).toHaveLength(2);
  });

  test('is not kept where there is no room for it, and nothing else changes', async () => {
    const { kept, start } = await scene();
    // As a folder that is read-only, for root too.
    await writeFile(kept, 'in the way');
    expect(await start()).toMatchObject(right);
    expect(await readFile(kept, 'utf8')).toBe('in the way');
  });

  test('is not kept of a command that failed, or that does not exist', async () => {
    const { start, files } = await scene();
    for (const args of [['validate', 'missing.yaml'], ['nonsense'], ['../../x'], ['--nonsense']])
      expect((await start(args)).code).not.toBe(0);
    expect(await files()).toEqual([]);
  });

  test('is not kept where Node is told to keep none', async () => {
    const { start, files } = await scene();
    expect(await start(undefined, { NODE_DISABLE_COMPILE_CACHE: '1' })).toMatchObject(right);
    expect(await files()).toEqual([]);
  });

  test('is kept once by many that start at a time', async () => {
    const { start, files } = await scene();
    const ends = await Promise.all(Array.from({ length: 6 }, () => start()));
    for (const end of ends) expect(end).toMatchObject(right);
    expect(await files()).toHaveLength(1);
  });
});
