import { spawn } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { inProcess } from './at-terminal.ts';
import { afterTest, childrenOf, folderWith, gone, millrace, root, start } from './scene.ts';

async function fakeHost(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const fake = await startFakeOllama({ models: ['m'], answer: ({ lastText }) => `<${lastText}>`, ...options });
  afterTest(() => fake.close());
  return fake;
}

const asked = (fake: FakeOllama): Record<string, unknown>[] =>
  fake.requests.filter(({ path }) => path === '/api/generate').map(({ body }) => body as Record<string, unknown>);

describe('the prompt', () => {
  const prompts: [string, string[], string | undefined, string][] = [
    ['of one word behind the model', ['m', 'hello'], undefined, 'hello'],
    ['of many', ['m', 'hello', 'you', '--stats', 'there'], undefined, 'hello you there'],
    ['that no model is called', ['hello you there'], undefined, 'hello you there'],
    ['behind --model', ['hello', '--model', 'm', 'you'], undefined, 'hello you'],
    ['of a file', ['m', '--file', 'p.txt'], undefined, 'from a file\nof two lines'],
    ['of stdin', ['m'], 'piped\n', 'piped'],
    ['of stdin by its name', ['m', '-'], 'piped\r\n', 'piped'],
    ['of stdin as the file', ['m', '--file', '-'], 'piped', 'piped'],
    ['of all of them', ['m', 'words', '--file', 'p.txt'], 'piped\n\n', 'words\n\nfrom a file\nof two lines\n\npiped\n'],
  ];

  test.each(prompts)('%s', async (_, words, stdin, expected) => {
    const fake = await fakeHost({ answer: () => 'yes' });
    const cwd = await folderWith({ 'p.txt': '\ufefffrom a file\nof two lines\n' });
    const { code, stdout } = await millrace(['generate', ...words, '--host', fake.url], {
      cwd,
      ...(stdin !== undefined && { stdin }),
    });
    expect([code, stdout]).toEqual([0, 'yes\n']);
    expect(asked(fake).map(({ model, prompt }) => [model, prompt])).toEqual([
      [words.includes('m') && !words.includes('--model') ? 'm' : expect.stringMatching(/^m(:latest)?$/), expected],
    ]);
  });

  test.each([
    ['that is not there', ['m'], 'USAGE_INVALID\\]: There is no prompt'],
    ['of a file that is not there', ['m', '--file', 'none.txt'], 'FILE_NOT_FOUND\\]: `none.txt` does not exist'],
    ['of a folder', ['m', '--file', '.'], 'FILE_UNREADABLE'],
    ['of bytes that are no text', ['m', '--file', 'cat.png'], 'no text in UTF-8'],
    ['with a picture that is not there', ['m', 'x', '--image', 'none.png'], 'FILE_NOT_FOUND'],
    ['with an option that there is not', ['m', 'x', '--option', 'temprature=1'], 'Did you mean `temperature`\\?'],
    ['with an option of another name', ['m', 'x', '--option', 'max_tokens=1'], 'num_predict'],
    ['with an option without a value', ['m', 'x', '--option', 'seed'], 'name=value'],
    [
      'with a value that no option takes',
      ['m', 'x', '--option', 'num_predict=0'],
      'a number of tokens from 1 on, or -1',
    ],
    ['with a fraction for a whole number', ['m', 'x', '--option', 'seed=1.5'], 'a whole number'],
    ['with a word for a truth', ['m', 'x', '--option', 'use_mmap=yes'], 'true or false'],
    ['with a level that there is not', ['m', 'x', '--think', 'hard'], 'Allowed choices are on, off, low'],
  ])('%s is refused before a model is asked', async (_, words, message) => {
    const fake = await fakeHost();
    const cwd = await folderWith({ 'cat.png': new Uint8Array([0x89, 0x50, 0xff]) });
    const { code, stdout, stderr } = await millrace(['generate', ...words, '--host', fake.url], { cwd });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(message)]);
    expect(asked(fake)).toEqual([]);
  });

  test('that nobody gave is not waited for at a terminal', async () => {
    const fake = await fakeHost();
    const { ended } = inProcess(['generate', 'm', '--host', fake.url]);
    expect(await ended).toMatchObject({ code: 2, stdout: expect.stringMatching(/There is no prompt/) });
    const spoken = inProcess(['generate', 'm', 'hello', '--host', fake.url]);
    expect(await spoken.ended).toEqual({ code: 0, stdout: '<hello>\n' });
  });

  test('somebody who forgets to close stdin is told', async () => {
    const fake = await fakeHost();
    const running = start(['generate', 'm', 'x', '--host', fake.url], { holdStdin: true });
    await running.saw(/Reading stdin to its end; `< \/dev\/null`/);
    running.child.stdin?.end();
    expect(await running.ended).toMatchObject({ code: 0, stdout: '<x>\n' });
  });
});

describe('the answer', () => {
  test('to flags that every part of the request has', async () => {
    const fake = await fakeHost({ models: [{ name: 'm', capabilities: ['completion', 'thinking', 'vision'] }] });
    const cwd = await folderWith({ 'cat.png': new Uint8Array([1, 2, 3]) });
    const flags = ['--system', 's', '--option', 'seed=7', '--option', 'stop=["a","b"]', '--think', 'off'];
    const { code, stderr } = await millrace(
      [
        'generate',
        'm',
        'x',
        '--host',
        fake.url,
        ...flags,
        '--image',
        'cat.png',
        '--format',
        'json',
        '--stats',
        '--json',
      ],
      { cwd },
    );
    expect([code, stderr]).toEqual([3, expect.stringMatching(/ANSWER_INVALID\]: The answer is no JSON/)]);
    expect(asked(fake)).toEqual([
      {
        model: 'm',
        prompt: 'x',
        truncate: false,
        system: 's',
        options: { seed: 7, stop: ['a', 'b'] },
        think: false,
        format: 'json',
        images: ['AQID'],
        stream: true,
      },
    ]);
    await millrace(['generate', 'm', 'x', '--host', fake.url, '--raw']);
    expect(asked(fake)[1]).toEqual({ model: 'm', prompt: 'x', truncate: false, raw: true, stream: true });
  });

  test('comes as it is made', async () => {
    const fake = await fakeHost({ tokenMs: 200, answer: () => ({ tokens: [' first', ' second', ' third ', '\n'] }) });
    const running = start(['generate', 'm', 'x', '--host', fake.url]);
    await running.saw(/^first$/);
    expect(await running.ended).toMatchObject({ code: 0, stdout: 'first second third\n', stderr: '' });
  });

  test('as JSON, with what it took and what was thought', async () => {
    const fake = await fakeHost({
      models: [{ name: 'm', capabilities: ['completion', 'thinking'] }],
      answer: () => ({ thinking: 'hm', text: ' {"a": 1}' }),
    });
    const cwd = await folderWith({ 's.json': '{"type":"object"}' });
    const { code, stdout, stderr } = await millrace(
      ['generate', 'm', 'x', '--host', fake.url, '--json', '--format', 's.json'],
      { cwd },
    );
    expect([code, stderr, stdout.endsWith('}\n'), stdout.split('\n').length]).toEqual([0, '', true, 2]);
    expect(JSON.parse(stdout)).toEqual({
      model: 'm',
      host: fake.url,
      response: ' {"a": 1}',
      value: { a: 1 },
      thinking: 'hm',
      done_reason: 'stop',
      usage: {
        promptTokens: expect.any(Number),
        outputTokens: expect.any(Number),
        totalMs: expect.any(Number),
        loadMs: expect.any(Number),
        promptMs: expect.any(Number),
        outputMs: expect.any(Number),
      },
    });
  });

  test('that was cut says so', async () => {
    const fake = await fakeHost({ faults: [{ kind: 'length', afterTokens: 2 }] });
    const { code, stdout, stderr } = await millrace(['generate', 'm', 'a b c', '--host', fake.url, '--stats']);
    expect([code, stdout]).toEqual([0, '<a\n']);
    expect(stderr).toMatch(/^The answer was cut after 2 tokens, .*\ntokens: \d+ in, 2 out · /);
  });

  test('of nothing, a broken one, and one that was refused end with a code of their own', async () => {
    const fake = await fakeHost({
      faults: [
        { kind: 'empty' },
        { kind: 'cut', afterTokens: 2 },
        { kind: 'status', status: 400, body: { error: 'no \u001b[31m way' } },
      ],
    });
    const generate = () => millrace(['generate', 'm', 'a b c', '--host', fake.url]);
    expect(await generate()).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/ANSWER_EMPTY/) });
    expect(await generate()).toMatchObject({
      code: 3,
      stdout: '<a\n',
      stderr: expect.stringMatching(/STREAM_TRUNCATED/),
    });
    expect(await generate()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/no \\x1b\[31m way/) });
  });

  test('on the embedded engine is the same each time', async () => {
    const words = ['generate', 'millrace-micro', 'Review: i love this camera\nSentiment:', '--option', 'temperature=0'];
    const { code, stdout, stderr } = await millrace(words, { env: { OLLAMA_HOST: '' } });
    expect([code, stdout]).toEqual([0, 'positive\n']);
    expect(stderr).toMatch(/^Model host: the embedded engine at .* with millrace-micro/);
  });
});

test('Ctrl-C while the embedded engine starts leaves no process behind', async () => {
  const running = start(['generate', 'millrace-micro', 'x'], { env: { OLLAMA_HOST: '' } });
  const [engine] = await childOf(running.child.pid as number);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
  expect(await gone(engine)).toBe(true);
});

async function childOf(pid: number): Promise<[number]> {
  for (const until = performance.now() + 20_000; performance.now() < until; ) {
    const [child] = await childrenOf(pid);
    if (child !== undefined) return [child];
  }
  throw new Error('It started no engine.');
}

describe('the end', () => {
  const endless: FakeOllamaOptions = { tokenMs: 5, answer: () => 'word\n'.repeat(5000) };

  test('by a reader that has enough is quiet, and closes the socket', async () => {
    const fake = await fakeHost(endless);
    const running = start(['generate', 'm', 'x', '--host', fake.url]);
    await running.saw(/word\n/);
    running.child.stdout?.destroy();
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([0, '']);
    await fake.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
  });

  test('by `| head -1` as well', async () => {
    const fake = await fakeHost(endless);
    const program = `'${process.execPath}' '${root}packages/cli/bin/millrace.js' generate m x --host ${fake.url} | head -1`;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const shell = spawn('sh', ['-c', program], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const said: string[] = [];
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    const code = await new Promise((resolve) => shell.once('close', resolve));
    expect([code, said.join('')]).toEqual([0, 'word\n']);
    await fake.waitFor(({ inFlight }) => inFlight === 0);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s closes the socket, in any phase', async (signal) => {
    const answering = await fakeHost(endless);
    const running = start(['generate', 'm', 'x', '--host', answering.url]);
    await running.saw(/word\n/);
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stderr, stdout]).toEqual([130, '', expect.stringMatching(/^(word\n)+$/)]);
    await answering.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
    const loading = await fakeHost({ loadMs: 60_000 });
    const waiting = start(['generate', 'm', 'x', '--host', loading.url]);
    await loading.waitFor(
      ({ inFlight, requests }) => inFlight === 1 && requests.some(({ path }) => path === '/api/generate'),
    );
    waiting.child.kill(signal);
    expect(await waiting.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
    await loading.waitFor(({ inFlight }) => inFlight === 0);
  });
});

test('a question that somebody waits for goes before the rows of a run on this machine', async () => {
  const log: string[] = [];
  const fake = await fakeHost({
    slots: 1,
    tokenMs: 25,
    answerTokens: 12,
    answer: () => 'one two three four five six seven eight',
    onEvent: ({ body }, event) => {
      const { prompt } = (body ?? {}) as { prompt?: string };
      if (prompt && (event === 'arrived' || event === 'started')) log.push(`${prompt.slice(0, 3)} ${event}`);
    },
  });
  const rows = Array.from({ length: 200 }, (_, id) => `row ${id}\n`).join('');
  const cwd = await folderWith({
    'rows.txt': rows,
    'w.yaml':
      'model: m\neach: { from: rows.txt }\nsteps: { a: { generate: "${row.text}" } }\nlimits: { parallel: 4 }\n',
  });
  const run = start(['run', 'w.yaml', '--host', fake.url], { cwd });
  await fake.waitFor(() => log.filter((line) => line === 'row started').length > 3, { timeoutMs: 20_000 });
  expect(await millrace(['generate', 'm', 'me first', '--host', fake.url])).toMatchObject({ code: 0 });
  const waited = log.slice(log.indexOf('me  arrived'), log.indexOf('me  started'));
  expect(waited.filter((line) => line === 'row started').length).toBeGreaterThan(1);
  // Each row that ended while it waited would else have been followed by another.
  expect(waited.filter((line) => line === 'row arrived').length).toBeLessThan(2);
  const rowsSince = log.length;
  await fake.waitFor(() => log.length > rowsSince + 4, { timeoutMs: 20_000 });
  run.child.kill('SIGINT');
  expect(await run.ended).toMatchObject({ code: 130 });
});
