import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as engine from '@millrace/engine';
import { build } from './built.ts';

jest.setTimeout(60_000); // starting an engine takes seconds on a busy machine

beforeAll(build);

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const node = (...args: string[]) =>
  promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });

test('the package has these exports and no others', () => {
  expect(Object.keys(engine).sort()).toEqual(['bundledModels', 'serveEngine', 'startEngine']);
});

test('importing it and reading the list of bundled models does not load llama.cpp', async () => {
  const hooks = `data:text/javascript,export async function resolve(name, context, next) {
    if (name.startsWith('node-llama-cpp')) throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  }`;
  const script = `import { register } from 'node:module';
    register(${JSON.stringify(hooks)});
    const { bundledModels, serveEngine } = await import(${JSON.stringify(path('../dist/index.js'))});
    const failure = await serveEngine().catch(({ message, cause }) => message + ' ' + cause.message);
    console.log(JSON.stringify([bundledModels, failure]));`;
  const { stdout } = await node('--input-type=module', '-e', script);
  expect(JSON.parse(stdout)).toEqual([['millrace-micro'], 'There is no llama.cpp for this system. no such package']);
});

describe('serveEngine', () => {
  test('serves in its own process, quietly, refuses a taken port and a public address, and closes everything', async () => {
    const { stdout, stderr } = await node(path('./serve.mjs'));
    const [answer, taken, open, cut, closed, again] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answer).toMatchObject({ model: 'millrace-micro', done_reason: 'stop' });
    expect(taken).toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringMatching(/^Port \d+ of 127\.0\.0\.1 is taken\.$/),
      cause: 'EADDRINUSE',
    });
    expect(open).toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'The engine listens on this machine only, not on "0.0.0.0".',
    });
    expect([cut, closed, again]).toEqual(['cut', 'ECONNREFUSED', 'Ollama is running']);
    expect(stderr).toBe('');
  });
});
