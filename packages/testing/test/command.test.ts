import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ask, open } from './client.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const program = fileURLToPath(new URL('../bin/fake-ollama.js', import.meta.url));
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));

beforeAll(() => promisify(execFile)(process.execPath, [compiler, '-b', folder]), 60_000);

async function run(args: string[], stdio: 'pipe' | 'ignore' = 'ignore', ipc = false) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: [stdio, 'pipe', 'inherit', ...(ipc ? ['ipc' as const] : [])],
  });
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  const [url] = (await once(lines, 'line')) as [string];
  return { child, url, exit: once(child, 'exit') as Promise<[number | null, string | null]> };
}

describe('the fake-ollama command', () => {
  it('prints its URL first, serves as told, and ends in good order on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, url, exit } = await run([
        '--models',
        'a,b+thinking',
        '--embedding-models',
        'e',
        '--slots',
        '2',
        '--answer-tokens',
        '7',
        '--token-ms',
        '5',
        '--context-length',
        '512',
      ]);
      const [row] = (await ask(url, '/api/tags')).json;
      const models = (row?.models ?? []) as { name: string; capabilities: string[]; details: object }[];
      expect(models.map((model) => [model.name, model.capabilities])).toEqual(
        expect.arrayContaining([
          ['a:latest', ['completion']],
          ['b:latest', ['completion', 'thinking']],
          ['e:latest', ['embedding']],
        ]),
      );
      expect(models[0]?.details).toMatchObject({ context_length: 512 });
      const { incoming } = await open(url, '/api/generate', { model: 'a', prompt: 'x' });
      incoming.on('error', () => undefined); // it is cut off by the end of the server
      child.kill(signal);
      expect(await exit).toEqual([0, null]);
    }
  });

  it('ends with its parent, by standard input or by the IPC channel', async () => {
    const piped = await run(['--with-parent'], 'pipe');
    piped.child.stdin?.end();
    expect(await piped.exit).toEqual([0, null]);
    const forked = await run(['--with-parent'], 'pipe', true);
    forked.child.disconnect();
    expect(await forked.exit).toEqual([0, null]);
  });

  it('explains itself, and refuses what it does not know', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--help']);
    expect(stdout).toMatch(/^Usage: fake-ollama/);
    const failure = promisify(execFile)(process.execPath, [program, '--token-ms', 'soon']);
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--token-ms needs a number of at least 0, not 'soon'."),
    });
    await expect(promisify(execFile)(process.execPath, [program, '--solts', '2'])).rejects.toMatchObject({ code: 2 });
  });
});
