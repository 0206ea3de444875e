import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Engine, startEngine } from '@millrace/engine';
import { isMillraceError, type MillraceError } from '@millrace/errors';
import { ask, askJson } from './ask.ts';
import { build } from './built.ts';

jest.setTimeout(60_000); // starting an engine takes seconds on a busy machine

let folder: string;
beforeAll(async () => {
  await build();
  folder = await mkdtemp(join(tmpdir(), 'millrace-engine-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const micro = fileURLToPath(new URL('../models/millrace-micro.gguf', import.meta.url));
const version = (baseUrl: string) => ask(`${baseUrl}/api/version`, { method: 'GET' });

/** True once the process has ended; one that nobody has collected yet counts as ended. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  return existsSync(`/proc/${pid}/stat`) && /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

async function ended(pid: number): Promise<void> {
  while (!hasEnded(pid)) await delay(20);
}

async function failure(work: Promise<unknown>): Promise<MillraceError> {
  const error = await work.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  );
  if (!isMillraceError(error)) throw error;
  return error;
}

const causeOf = (error: MillraceError) => (error.cause as Error | undefined)?.message ?? '';

describe('an engine', () => {
  test('tells where it is, listens on 127.0.0.1 only, ignores SIGINT, and is gone after close', async () => {
    const engine = await startEngine();
    expect(engine.models).toEqual(['millrace-micro']);
    expect(engine.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const socket = connect(Number(new URL(engine.baseUrl).port), '127.0.0.2');
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED');
    process.kill(engine.pid, 'SIGINT'); // it is for the parent: Ctrl-C reaches both
    expect((await version(engine.baseUrl)).status).toBe(200);
    await engine.close();
    expect(hasEnded(engine.pid)).toBe(true);
    await expect(version(engine.baseUrl)).rejects.toThrow('ECONNREFUSED');
    await engine.close();
  });

  test('lives beside another one, but not on its port; ended by SIGTERM it leaves the other alone', async () => {
    let told: (error: MillraceError) => void = () => {};
    const exit = new Promise<MillraceError>((resolve) => {
      told = resolve;
    });
    const [a, b] = await Promise.all([startEngine({ onExit: (error) => told(error) }), startEngine()]);
    const body = {
      model: 'millrace-micro',
      prompt: 'Why is the sky blue?',
      stream: false,
      options: { temperature: 0 },
    };
    const ask = (engine: Engine) => askJson(`${engine.baseUrl}/api/generate`, body);
    const [fromA, fromB] = await Promise.all([ask(a), ask(b)]);
    expect(fromA.response).toBe(fromB.response);

    const port = Number(new URL(a.baseUrl).port);
    const error = await failure(startEngine({ port }));
    expect(error).toMatchObject({ code: 'ENGINE_FAILED', message: `Port ${port} of 127.0.0.1 is taken.` });
    expect(error.hint).toMatch(/another port/);
    expect(causeOf(error)).toMatch(/EADDRINUSE/);

    process.kill(a.pid, 'SIGTERM');
    const ending = await exit;
    expect(ending).toMatchObject({ code: 'ENGINE_FAILED', message: 'The engine has ended.' });
    expect(causeOf(ending)).toBe('It ended with exit code 0.');
    expect((await ask(b)).response).toBe(fromB.response);
    await b.close();
  });

  test('serves other models under other names, loading them when they are asked for', async () => {
    const engine = await startEngine({
      models: [
        { name: 'First', path: micro },
        { name: 'team/second:q8', path: micro },
      ],
    });
    expect(engine.models).toEqual(['First', 'team/second:q8']);
    const names = async (path: string) =>
      JSON.parse((await ask(`${engine.baseUrl}${path}`, { method: 'GET' })).text).models.map(
        (model: { name: string }) => model.name,
      );
    expect((await names('/api/tags')).sort()).toEqual(['First:latest', 'team/second:q8']);
    expect(await names('/api/ps')).toEqual(['First:latest']);
    const answer = await askJson(`${engine.baseUrl}/api/generate`, {
      model: 'team/second:Q8',
      prompt: 'hi',
      stream: false,
    });
    expect(answer).toMatchObject({ model: 'team/second:Q8', done: true });
    expect(await names('/api/ps')).toHaveLength(2);
    expect(
      (await ask(`${engine.baseUrl}/api/generate`, { body: { model: 'millrace-micro', prompt: 'hi' } })).status,
    ).toBe(404);
    await engine.close();
  });

  test('that dies is told with the signal that killed it', async () => {
    const exits: MillraceError[] = [];
    const engine = await startEngine({ onExit: (error) => exits.push(error) });
    process.kill(engine.pid, 'SIGKILL');
    await ended(engine.pid);
    while (exits.length === 0) await delay(5);
    expect(exits.map(causeOf)).toEqual(['It was ended by SIGKILL.']);
  });

  test('ends when its signal is aborted, without a word', async () => {
    const controller = new AbortController();
    const exits: unknown[] = [];
    const engine = await startEngine({ signal: controller.signal, onExit: (error) => exits.push(error) });
    controller.abort();
    await ended(engine.pid);
    await engine.close();
    expect(exits).toEqual([]);
  });

  test('does not start on an aborted signal, nor when it is aborted on the way', async () => {
    await expect(startEngine({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    const controller = new AbortController();
    const starting = startEngine({ signal: controller.signal });
    setImmediate(() => controller.abort(new Error('changed my mind')));
    await expect(starting).rejects.toThrow('changed my mind');
  });
});

describe('a start that fails', () => {
  test.each([
    ['is missing', async () => {}, /no such file/],
    ['is empty', (path: string) => writeFile(path, ''), /magic/],
    [
      'is cut in its weights',
      (path: string) => copyFile(micro, path).then(() => truncate(path, 900_000)),
      /Failed to load model/,
    ],
  ])('says which model file %s', async (what, make, reason) => {
    const path = join(folder, `${what}.gguf`);
    await make(path);
    const error = await failure(startEngine({ models: [{ name: 'broken', path }] }));
    expect(error.code).toBe('ENGINE_FAILED');
    expect(error.message).toContain(path);
    expect(error.hint).toMatch(/GGUF/);
    expect(causeOf(error)).toMatch(reason);
  });

  test.each([
    ['a name that is none', [{ name: 'a b', path: micro }], /"a b" is no model name/],
    [
      'a name that is there twice',
      [
        { name: 'x', path: micro },
        { name: 'X:latest', path: micro },
      ],
      /Two models are called "x:latest"/,
    ],
    ['no model at all', [], /no model/],
  ])('says so of %s', async (_what, models, message) => {
    expect((await failure(startEngine({ models }))).message).toMatch(message);
  });
});

describe('an engine ends with its parent', () => {
  async function parent(how: string): Promise<{ process: ChildProcess; pid: number; baseUrl: string }> {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./parent.mjs', import.meta.url)), how], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
    return { process: child, ...JSON.parse(line) };
  }

  test('that is killed while the engine generates', async () => {
    const { process: child, pid } = await parent('busy');
    await delay(300); // three answers of half a second each are always under way by then
    expect(hasEnded(pid)).toBe(false);
    child.kill('SIGKILL');
    await ended(pid);
  });

  test('that just ends, and does not keep it from ending', async () => {
    const { process: child, pid } = await parent('leave');
    if (child.exitCode === null) await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    await ended(pid);
  });
});
