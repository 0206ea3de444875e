import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type FakeOllamaOptions,
  isQuestion,
  loadTranscripts,
  standIn,
  startFakeOllama,
  startReplayServer,
} from '@millrace/testing';
import { afterTest, folderWith, millrace, root } from './scene.ts';

async function fakeHost(options: FakeOllamaOptions = {}) {
  const fake = await startFakeOllama({ models: ['m'], slots: 4, ...options });
  afterTest(() => fake.close());
  return fake;
}

const flow =
  'model: m\ninputs: { tone: { type: string, default: plain } }\neach: { from: r.csv, key: "${row.id}", where: "${row.id != \\"3\\"}" }\nsteps:\n  a: { generate: "${inputs.tone} ${row.text}" }\nsave: { to: out.jsonl, fields: { a: "${a}" } }\n';
const rows = 'id,text\n1,one\n2,two\n3,three\n4,four\n';

const scene = (files: Record<string, string> = {}) => folderWith({ 'w.yaml': flow, 'r.csv': rows, ...files });

describe('the flags of run', () => {
  test('--json prints the events, the last one run-end with the counts, and nothing else', async () => {
    const fake = await fakeHost();
    const { code, stdout, stderr } = await millrace(['run', 'w.yaml', '--host', fake.url, '--json'], {
      cwd: await scene(),
    });
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([code, stderr]).toEqual([0, '']);
    expect(events[0]).toMatchObject({ type: 'run-start', hosts: [fake.url], models: ['m'] });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['run-start', 'model-load', 'step-start', 'step-delta', 'step-end', 'row-end', 'run-end']),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'run-end',
      status: 'done',
      counts: { rows: 4, ok: 3, failed: 0, skipped: 1 },
    });
  });

  test('--from, --to, --input, --model, --parallel and --first replace what the file says', async () => {
    const fake = await fakeHost({ models: ['n'], tokenMs: 2, answer: ({ lastText }) => `<${lastText}>` });
    const folder = await scene({
      'other/s.jsonl': Array.from({ length: 9 }, (_, id) => `{"id":"${id}","text":"t${id}"}\n`).join(''),
    });
    const flags = [
      '--from',
      'other/s.jsonl',
      '--to',
      'other/o.csv',
      '--input',
      'tone=a=b',
      '--model',
      'n',
      '--parallel',
      '3',
      '--first',
      '6',
    ];
    const { code, stdout } = await millrace(['run', 'w.yaml', '--host', fake.url, ...flags], { cwd: folder });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/results +other\/o\.csv/)]);
    expect(await readFile(join(folder, 'other/o.csv'), 'utf8')).toBe(
      'key,a\n0,<a=b t0>\n1,<a=b t1>\n2,<a=b t2>\n4,<a=b t4>\n5,<a=b t5>\n6,<a=b t6>\n',
    );
    expect(fake.maxRunning).toBe(3);
    expect(
      fake.requests
        .filter(({ path }) => path === '/api/generate')
        .every(({ body }) => (body as { model: string }).model === 'n'),
    ).toBe(true);
  });

  test('--to - and a workflow without a target write lines to stdout and words to stderr', async () => {
    const fake = await fakeHost({ answer: () => 'x' });
    const lines = '{"key":"1","a":"x"}\n{"key":"2","a":"x"}\n{"key":"4","a":"x"}\n';
    const folder = await scene({ 'v.yaml': flow.replace('to: out.jsonl, ', '') });
    for (const args of [['w.yaml', '--to', '-'], ['v.yaml']]) {
      const { code, stdout, stderr } = await millrace(['run', ...args, '--host', fake.url], { cwd: folder });
      expect([code, stdout]).toEqual([0, lines]);
      expect(stderr).toMatch(/Model host: [\s\S]*is done after/);
    }
  });

  test('--host is repeatable, a host that does not answer is left out with a word', async () => {
    const [one, two] = [await fakeHost({ tokenMs: 5 }), await fakeHost({ tokenMs: 5 })];
    const hosts = [one.url, two.url, 'http://127.0.0.1:9'].flatMap((url) => ['--host', url]);
    const { code, stderr } = await millrace(['run', 'w.yaml', ...hosts, '--parallel', '1'], { cwd: await scene() });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Not used: http:\/\/127\.0\.0\.1:9 does not answer/)]);
    const asked = [one, two].map((fake) => fake.asked);
    expect([asked.every((count) => count > 0), asked.reduce((a, b) => a + b)]).toEqual([true, 3]);
  });

  test('hosts of the file come before OLLAMA_HOST, and another machine needs --allow-net', async () => {
    const [named, other] = [await fakeHost(), await fakeHost()];
    const folder = await scene();
    await writeFile(join(folder, 'hosts.yaml'), `${flow}hosts: ["${named.url}"]\n`);
    await writeFile(join(folder, 'far.yaml'), `${flow}hosts: ["http://gpu-box.invalid:11434"]\n`);
    const env = { OLLAMA_HOST: other.url };
    expect(await millrace(['run', 'hosts.yaml'], { cwd: folder, env })).toMatchObject({ code: 0 });
    expect([named.asked > 0, other.asked]).toEqual([true, 0]);
    expect(await millrace(['run', 'far.yaml'], { cwd: folder, env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/HOST_REFUSED[\s\S]*--allow-net=gpu-box\.invalid/),
    });
    expect(await millrace(['run', 'far.yaml', '--allow-net', 'gpu-box.invalid'], { cwd: folder, env })).toMatchObject({
      code: 5,
    });
    expect(await millrace(['run', 'far.yaml', '--host', other.url], { cwd: folder })).toMatchObject({ code: 0 });
  });

  test('max_tokens is sent as num_predict, with a warning', async () => {
    const fake = await fakeHost();
    const folder = await folderWith({
      'w.yaml': 'model: m\nsteps: { a: { generate: x, options: { max_tokens: 50 } } }\n',
    });
    const { code, stderr } = await millrace(['run', 'w.yaml', '--host', fake.url], { cwd: folder });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/warning\[OPTION_RENAMED\] steps\.a\.options\.max_tokens/),
    ]);
    expect(fake.requests.find(isQuestion)?.body).toMatchObject({
      options: { num_predict: 50 },
    });
  });

  test.each([
    [['run']],
    [['run', 'w.yaml', '--paralel', '2']],
    [['run', 'w.yaml', '--parallel', '0']],
    [['run', 'w.yaml', '--first', 'many']],
    [['run', 'w.yaml', '--input', 'tone']],
    [['run', 'w.yaml', '--input', 'ton=x']],
    [['rnu', 'w.yaml']],
    [['validate']],
    [['validate', 'w.yaml', '--format', 'xml']],
    [['engine', '--port', '99999']],
    [['run', 'w.yaml', '--from', 'no.csv']],
    [['run', 'w.yaml', '--to', 'o.doc']],
  ])('%j is refused with exit code 2 and a hint', async (args) => {
    const fake = await fakeHost();
    const { code, stdout, stderr } = await millrace(args, { cwd: await scene(), env: { OLLAMA_HOST: fake.url } });
    expect([code, stdout]).toEqual([2, args.includes('ton=x') ? expect.anything() : '']);
    expect(stderr).toMatch(/error/);
    expect(stderr).not.toMatch(/bug/);
    expect(fake.asked).toBe(0);
  });

  test('help is everywhere', async () => {
    for (const args of [['--help'], ['run', '--help'], ['validate', '--help'], ['engine', '--help'], ['help', 'run']]) {
      expect(await millrace(args)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Usage: millrace/),
        stderr: '',
      });
    }
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await millrace(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect((await millrace([])).stderr).toMatch(/Usage: millrace/);
  });
});

describe('exit codes', () => {
  test('3 where rows failed, which the summary names', async () => {
    const fake = await fakeHost({
      faults: ({ body }) =>
        (body as { prompt?: string })?.prompt === 'plain two'
          ? { kind: 'status', status: 400, body: { error: 'no\u001b[31m' } }
          : undefined,
    });
    const { code, stdout } = await millrace(['run', 'w.yaml', '--host', fake.url], { cwd: await scene() });
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/ok +2\n +failed +1\n[\s\S]*failed rows:\n +2: Step `a` of row `2` failed/),
    ]);
    expect(stdout).not.toContain('\u001b');
  });

  test('5 where no host answers, or none has the model; the words say what to do', async () => {
    const fake = await fakeHost({ models: ['other'] });
    const folder = await scene();
    const noHost = await millrace(['run', 'w.yaml', '--host', '127.0.0.1:9'], { cwd: folder });
    expect([noHost.code, noHost.stderr]).toEqual([
      5,
      expect.stringMatching(/HOST_MISSING\]: http:\/\/127\.0\.0\.1:9 does not answer\.[\s\S]*ollama serve/),
    ]);
    const noModel = await millrace(['run', 'w.yaml'], { cwd: folder, env: { OLLAMA_HOST: fake.url } });
    expect([noModel.code, noModel.stderr]).toEqual([
      5,
      expect.stringMatching(/does not have m\.[\s\S]*millrace models pull m/),
    ]);
  });

  test('2 where the results would replace a file of the user', async () => {
    const fake = await fakeHost();
    const folder = await scene({ 'out.jsonl': 'mine\n' });
    const { code, stderr } = await millrace(['run', 'w.yaml', '--host', fake.url], { cwd: folder });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/SAVE_FAILED[\s\S]*was not written by Millrace/)]);
    expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toBe('mine\n');
  });

  test('model text cannot steer the terminal', async () => {
    const fake = await fakeHost({ answer: () => 'a\u001b]0;title\u0007b\u202ec' });
    const folder = await folderWith({ 'w.yaml': 'model: m\nsteps: { a: { generate: x } }\n' });
    const { stdout } = await millrace(['run', 'w.yaml', '--host', fake.url], { cwd: folder });
    expect(stdout).toBe('a\\x1b]0;title\\x07b\\u202ec\n');
  });
});

test.each(['0.24', '0.32'] as const)(
  'the demonstration runs unchanged against a recorded Ollama %s',
  async (server) => {
    const replay = await startReplayServer({
      transcripts: loadTranscripts({ server }),
      wildcard: { ...standIn, '/api/generate': 'generate-stop' },
    });
    afterTest(() => replay.close());
    const folder = await folderWith({});
    const to = join(folder, 'o.jsonl');
    const flow = join(root, 'workflows/review-replies.yaml');
    const args = ['run', flow, '--model', 'gemma3:270m', '--first', '25', '--to', to];
    const { code, stdout, stderr } = await millrace(args, { cwd: folder, env: { OLLAMA_HOST: replay.url } });
    expect([code, stderr + stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(String.raw`Model host: ${replay.url}[\s\S]*ok +25`)),
    ]);
    const lines = (await readFile(to, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(25);
    expect(new Set(lines.map(({ sentiment }) => sentiment)).size).toBe(1);
    expect(lines[0].sentiment.length).toBeGreaterThan(2);
    expect(replay.unmatched).toEqual([]);
  },
);
