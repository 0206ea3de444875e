import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { folderWith, millrace, root } from './scene.ts';

let engine: ChildProcess;
let url: string;

beforeAll(async () => {
  engine = spawn(process.execPath, [join(root, 'packages/cli/bin/millrace.js'), 'engine', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise((resolve) => {
    let text = '';
    engine.stdout?.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\/\/127\.0\.0\.1:\d+)/.exec(text);
      if (match) resolve(match[1] as string);
    });
  });
}, 30_000);

afterAll(() => void engine.kill('SIGKILL'));

/** As in the seed: `curl URL -d BODY`. */
const curl = async (path: string, body?: object): Promise<string> =>
  (
    await promisify(execFile)('curl', [
      '--silent',
      '--show-error',
      `${url}${path}`,
      ...(body ? ['-d', JSON.stringify(body)] : []),
    ])
  ).stdout;

const prompt = 'Review: i love this camera\nSentiment:';

describe('curl and other clients', () => {
  test('POST /api/generate without streaming is one object', async () => {
    const answer = JSON.parse(
      await curl('/api/generate', { model: 'millrace-micro', prompt, stream: false, options: { temperature: 0 } }),
    );
    expect(answer).toMatchObject({
      model: 'millrace-micro',
      done: true,
      done_reason: 'stop',
      response: expect.stringMatching(/positive/),
    });
  });

  test('POST /api/generate streams one object a line', async () => {
    const lines = (await curl('/api/generate', { model: 'millrace-micro', prompt, options: { temperature: 0 } }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.map(({ done }) => done)).toEqual([...lines.slice(1).map(() => false), true]);
    expect(lines.map(({ response }) => response).join('')).toMatch(/positive/);
  });

  test('POST /api/chat answers a talk', async () => {
    const messages = [
      { role: 'user', content: 'Write a one-sentence reply to this positive review.\nReview: great sound' },
    ];
    const answer = JSON.parse(
      await curl('/api/chat', { model: 'millrace-micro', messages, stream: false, options: { temperature: 0 } }),
    );
    expect(answer.message).toEqual({ role: 'assistant', content: expect.stringMatching(/\w+/) });
  });

  test('GET /api/tags lists the bundled model', async () => {
    expect(JSON.parse(await curl('/api/tags')).models.map(({ name }: { name: string }) => name)).toEqual([
      'millrace-micro:latest',
    ]);
  });

  test('millrace itself takes it as a host', async () => {
    const { code, stdout } = await millrace(
      ['run', join(root, 'workflows/single-prompt.yaml'), '--host', url, '--quiet'],
      { cwd: await folderWith({}) },
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\w+/)]);
  });
});

test('a port that is taken is said, with exit code 5', async () => {
  const { code, stderr } = await millrace(['engine', '--port', new URL(url).port]);
  expect([code, stderr]).toEqual([5, expect.stringMatching(/ENGINE_FAILED/)]);
});

test('Ctrl-C ends it with exit code 0', async () => {
  const exit = new Promise((resolve) => engine.once('exit', (code) => resolve(code)));
  engine.kill('SIGINT');
  expect(await exit).toBe(0);
});
