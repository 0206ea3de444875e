import { describe, expect, test } from '@jest/globals';
import {
  type FakeOllama,
  type FakeOllamaOptions,
  loadTranscript,
  loadTranscripts,
  type ReplayServer,
  standIn,
  startFakeOllama,
  startReplayServer,
  type Transcript,
} from '@millrace/testing';
import { inProcess } from './at-terminal.ts';
import { afterTest, millrace, start } from './scene.ts';

async function fakeHost(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const fake = await startFakeOllama({ models: ['gemma3:4b'], ...options });
  afterTest(() => fake.close());
  return fake;
}

/** Recorded answers of a real server, with some of a test's own making before them. */
async function recordedHost(more: readonly Transcript[] = []): Promise<ReplayServer> {
  const transcripts = [...more, ...loadTranscripts({ server: '0.24' })];
  const server = await startReplayServer({ transcripts, wildcard: standIn });
  afterTest(() => server.close());
  return server;
}

/** A recorded answer, to a request that asks the same of another model. */
function answering(name: string, body: object): Transcript {
  const recorded = loadTranscript(name);
  return { ...recorded, name: `${name} for a test`, request: { ...recorded.request, body } };
}

const models = (...args: string[]) => millrace(['models', ...args]);

describe('the list', () => {
  test('tells of each model what a choice needs, for people and for programs', async () => {
    const digest = 'abcdef0123456789'.repeat(4);
    const fake = await fakeHost({
      models: [{ name: 'gemma3:4b', size: 3_338_801_804, contextLength: 131_072, digest }],
    });
    const lines = [
      'NAME +SIZE +PARAMETERS +QUANTISATION +CONTEXT +MODIFIED +DIGEST',
      'gemma3:4b +3\\.3 GB +268\\.10M +Q4_K_M +131,072 +.*(ago|now) +abcdef012345',
    ];
    for (const words of [[], ['list']]) {
      const { code, stdout, stderr } = await models(...words, '--host', fake.url);
      expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(`^${lines.join('\n')}\n$`)]);
    }
    const { stdout } = await models('--format', 'json', '--host', fake.url);
    expect(JSON.parse(stdout)).toEqual([
      {
        name: 'gemma3:4b',
        host: fake.url,
        size: 3_338_801_804,
        digest,
        modified_at: expect.stringMatching(/^\d{4}-/),
        family: 'gemma3',
        parameter_size: '268.10M',
        quantization_level: 'Q4_K_M',
        context_length: 131_072,
        capabilities: ['completion'],
      },
    ]);
  });

  test('asks a server that tells no windows about each model', async () => {
    const { url } = await recordedHost();
    const { code, stdout } = await models('--host', url);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^gemma3:270m +253\.1 MB +268\.10M +Q4_K_M +32,768 /m);
    expect(stdout).toMatch(/^gemma3-copy:latest +253\.1 MB +268\.10M +Q4_K_M +– /m);
  });

  test('names the host of each model where there are several, and says which does not answer', async () => {
    const [one, two] = [await fakeHost(), await fakeHost({ models: ['qwen3:8b'] })];
    const hosts = [one.url, two.url, '127.0.0.1:9'].flatMap((url) => ['--host', url]);
    const { code, stdout, stderr } = await models(...hosts);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/Not used: http:\/\/127\.0\.0\.1:9 does not answer/)]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).at(-1))).toEqual(['HOST', one.url, two.url, '']);
    const { stdout: json } = await models('--format', 'json', ...hosts);
    expect(JSON.parse(json).map(({ host }: { host: string }) => host)).toEqual([one.url, two.url]);
  });

  test('says what to do where there are none, and cannot steer the terminal', async () => {
    const none = await fakeHost({ models: [] });
    expect((await models('--host', none.url)).stdout).toBe(
      'There are no models yet: `millrace models pull gemma3:4b` downloads one.\n',
    );
    expect((await models('--host', none.url, '--format', 'json')).stdout).toBe('[]\n');
    const rude = await fakeHost({ models: ['m\u001b[2J\u202e:latest'] });
    expect((await models('--host', rude.url)).stdout).toMatch(/^m\\x1b\[2J\\u202e:latest /m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    expect((await models('--host', rude.url, '--format', 'json')).stdout).not.toMatch(/[\u0000-\u0009\u001b\u202e]/);
  });

  test('is that of the embedded engine where nobody named a host and none answers', async () => {
    const { code, stdout, stderr } = await millrace(['models'], { env: { OLLAMA_HOST: '' } });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^millrace-micro:latest +1\.\d MB .* 512 /m)]);
    expect(stderr).toMatch(/^Model host: the embedded engine/);
    const named = await millrace(['models'], { env: { OLLAMA_HOST: '127.0.0.1:9' } });
    expect(named).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(/HOST_MISSING.*does not answer/),
    });
  });

  test('knows its commands', async () => {
    expect(await models('sohw', 'gemma3:4b')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Did you mean `show`\?/),
    });
    expect((await models('gemma3:4b')).stderr).toMatch(/A model is shown by `millrace models show MODEL`\./);
  });
});

describe('in memory', () => {
  test('ps tells how long, and how much of it is on the GPU', async () => {
    const fake = await fakeHost({ models: ['gemma3:4b', 'qwen3:8b'], keepAlive: '5m' });
    expect(await models('ps', '--host', fake.url)).toMatchObject({ code: 0, stdout: 'No model is loaded.\n' });
    await millrace(['generate', 'gemma3:4b', 'x', '--host', fake.url]);
    const { stdout } = await models('ps', '--host', fake.url);
    expect(stdout).toMatch(
      /^NAME +SIZE +GPU +CONTEXT +UNLOADED\ngemma3:4b +253\.1 MB +100\.0 % +4,096 +in 4 minutes\n$/,
    );
    const [resident] = JSON.parse((await models('ps', '--host', fake.url, '--format', 'json')).stdout);
    expect(resident).toMatchObject({ name: 'gemma3:4b', host: fake.url, size_vram: 253_113_964, context_length: 4096 });
    const { url } = await recordedHost([loadTranscript('ps-keep-alive-forever')]);
    expect((await models('ps', '--host', url)).stdout).toMatch(/^gemma3:270m +\S+ MB +0\.0 % +\S+ +(never|now)$/m);
  });

  test('unload takes out what is named, or all, and tells what was not loaded', async () => {
    const fake = await fakeHost({ models: ['gemma3:4b', 'qwen3:8b', { name: 'e', capabilities: ['embedding'] }] });
    const load = (model: string) => millrace(['generate', model, 'x', '--host', fake.url]);
    await load('gemma3:4b');
    await load('qwen3:8b');
    const unload = (...words: string[]) => models('unload', ...words, '--host', fake.url);
    expect(await unload('GEMMA3:4b', 'e')).toMatchObject({
      code: 0,
      stdout: 'Unloaded gemma3:4b.\n',
      stderr: 'e is not loaded.\n',
    });
    expect(fake.loaded).toEqual(['qwen3:8b']);
    expect(await unload('gemma3:4')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/Did you mean `gemma3:4b`/),
    });
    expect(await unload('--all')).toMatchObject({ code: 0, stdout: 'Unloaded qwen3:8b.\n', stderr: '' });
    expect(await unload('--all')).toMatchObject({ code: 0, stdout: '', stderr: 'No model is loaded.\n' });
    expect(fake.loaded).toEqual([]);
    for (const words of [[], ['--all', 'gemma3:4b']])
      expect(await unload(...words)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/which models are meant/),
      });
  });
});

describe('show', () => {
  test('tells what a model is and can do; --verbose all that was written of it', async () => {
    const { url } = await recordedHost();
    const { code, stdout, stderr } = await models('show', 'gemma3:270m', '--host', url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^gemma3:270m\n {2}architecture +gemma3\n {2}parameters +268\.10M\n {2}quantisation +Q4_K_M\n {2}context +32,768 tokens\n/,
    );
    expect(stdout).toMatch(/\n {2}capabilities +completion\n[\s\S]*\n {2}licence +Gemma terms of use\n$/);
    expect((await models('show', 'gemma3:270m', '--host', url, '--verbose')).stdout).toMatch(
      /\n\ntemplate\n {4}\{\{- range \$i[\s\S]*\n\nparameters\n( {4}.*\n)+\nlicence\n {4}Gemma terms of use\n$/,
    );
    const { stdout: json } = await models('show', 'gemma3:270m', '--host', url, '--format', 'json');
    expect(JSON.parse(json)).toMatchObject({
      name: 'gemma3:270m',
      host: url,
      size: 253_113_964,
      capabilities: ['completion'],
      template: expect.stringMatching(/range/),
      model_info: { 'gemma3.context_length': 32_768 },
    });
  });

  test('a name that is nearly right is told', async () => {
    const fake = await fakeHost();
    for (const name of ['gema3:4b', 'gemma3', 'gemma3:12b'])
      expect(await models('show', name, '--host', fake.url)).toMatchObject({
        code: 5,
        stdout: '',
        stderr: expect.stringMatching(
          /error\[MODEL_NOT_FOUND\]: There is no model `gem.*\n {2}hint: Did you mean `gemma3:4b`\?/,
        ),
      });
    expect((await models('show', 'zzz', '--host', fake.url)).stderr).toMatch(/See `millrace models`/);
  });

  test('shows the first host that has it', async () => {
    const [one, two] = [await fakeHost(), await fakeHost({ models: ['qwen3:8b'] })];
    const { stdout } = await models('show', 'qwen3:8b', '--host', one.url, '--host', two.url, '--format', 'json');
    expect(JSON.parse(stdout).host).toBe(two.url);
  });
});

describe('pull', () => {
  const large = { name: 'qwen3:8b', layers: [3_000_000_000, 2_200_000_000], steps: 100, stepMs: 40 };

  test('says how far it is, line by line, and what came', async () => {
    const fake = await fakeHost({ pullable: [large] });
    const running = start(['models', 'pull', 'qwen3:8b', '--host', fake.url]);
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout]).toEqual([0, 'Pulled qwen3:8b (5.2 GB).\n']);
    expect(stderr).toMatch(
      /^(pulling [0-9a-f]{12}: \d+ % · [\d.]+ GB of [\d.]+ GB · [\d.]+ [MG]B\/s( · .* left)?\n){2,6}$/,
    );
    expect((await models('--host', fake.url)).stdout).toMatch(/^qwen3:8b /m);
  });

  test('on a terminal it is one line, which is gone at the end', async () => {
    const fake = await fakeHost({ pullable: [{ ...large, steps: 20 }] });
    const { saw, ended } = inProcess(['models', 'pull', 'qwen3:8b', '--host', fake.url]);
    await saw(/\r.\[Kpulling [0-9a-f]{12}: \d+ % · .* GB of .* GB · .*\r.\[Kpulling/);
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\r.\[KPulled qwen3:8b \(5\.2 GB\)\.\n$/)]);
    expect(stdout.match(/\n/g)).toHaveLength(1);
  });

  test('Ctrl-C stops it, closes the socket, and says how to go on', async () => {
    const fake = await fakeHost({ pullable: [{ ...large, steps: 1000 }] });
    const running = start(['models', 'pull', 'qwen3:8b', '--host', fake.url]);
    await running.saw(/ % · /);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/Stopped\. What has arrived is kept: the same command goes on from there\.\n$/),
    });
    await fake.waitFor(({ aborted, inFlight }) => aborted === 1 && inFlight === 0);
  });

  test('a name that there is not, a registry that fails, and a broken stream', async () => {
    const fake = await fakeHost({
      pullable: [{ name: 'full', error: 'write /models/blob: no space left on device\u001b[2J' }, 'cut'],
      faults: ({ body }) =>
        (body as { model?: string } | undefined)?.model === 'cut' ? { kind: 'cut', afterTokens: 2 } : undefined,
    });
    const pull = (name: string) => models('pull', name, '--host', fake.url);
    expect(await pull('gema')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/no model `gema` to download[\s\S]*ollama\.com\/library/),
    });
    expect(await pull('full')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/TRANSFER_FAILED\]: .*no space left on device\\x1b/),
    });
    expect(await pull('cut')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/STREAM_TRUNCATED/) });
  });

  test('goes to each host that is named', async () => {
    const hosts = [await fakeHost({ pullable: ['new'] }), await fakeHost({ pullable: ['new'] })];
    const { code, stdout } = await models('pull', 'new', ...hosts.flatMap(({ url }) => ['--host', url]));
    expect([code, stdout]).toEqual([0, hosts.map(({ url }) => `Pulled new (253.1 MB) at ${url}.\n`).join('')]);
  });
});

describe('rm and copy', () => {
  const deleted = (name: string) => answering('delete-200', { model: name });
  const requestsTo = ({ requests }: ReplayServer, path: string) =>
    requests.filter((one) => one.path === path).map(({ body }) => body);

  test('rm removes what is named, when it may', async () => {
    const server = await recordedHost([deleted('gemma3:270m'), deleted('gemma3-copy:latest')]);
    const rm = (...words: string[]) => models('rm', ...words, '--host', server.url);
    expect(await rm('gemma3:270m')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/no terminal to ask on[\s\S]*--yes/),
    });
    expect(await rm('gemma3:270m', 'gemma3-cpoy', '--yes')).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(/no model `gemma3-cpoy`[\s\S]*Did you mean `gemma3-copy:latest`/),
    });
    expect(requestsTo(server, '/api/delete')).toEqual([]);
    expect(await rm('gemma3:270m', 'gemma3-copy', 'GEMMA3:270M', '--yes')).toMatchObject({
      code: 0,
      stdout: 'Removed gemma3:270m (253.1 MB).\nRemoved gemma3-copy:latest (253.1 MB).\n',
      stderr: '',
    });
    expect(requestsTo(server, '/api/delete')).toEqual([{ model: 'gemma3:270m' }, { model: 'gemma3-copy:latest' }]);
  });

  test('on a terminal rm asks', async () => {
    const server = await recordedHost([deleted('gemma3:270m')]);
    const ask = () => inProcess(['models', 'rm', 'gemma3:270m', '--host', server.url]);
    for (const [answer, code] of [
      ['\r', 2],
      ['no\r', 2],
      ['\u0003', 130],
      ['\u0004', 130],
    ] as const) {
      const { saw, type, ended } = ask();
      await saw(/Remove gemma3:270m \(253\.1 MB\)\? \[no\]: /);
      type(answer);
      await saw(/Nothing was removed\.\n/);
      expect((await ended).code).toBe(code);
    }
    expect(requestsTo(server, '/api/delete')).toEqual([]);
    const { saw, type, ended } = ask();
    await saw(/\? \[no\]: /);
    type('yes\r');
    await saw(/Removed gemma3:270m \(253\.1 MB\)\.\n/);
    expect((await ended).code).toBe(0);
  });

  test('copy gives another name, and replaces none unless it is forced to', async () => {
    const server = await recordedHost([answering('copy-200', { source: 'gemma3:270m', destination: 'mine' })]);
    const copy = (...words: string[]) => models('copy', ...words, '--host', server.url);
    expect(await copy('gemma3:270m', 'mine')).toMatchObject({
      code: 0,
      stdout: 'Copied gemma3:270m to mine.\n',
      stderr: '',
    });
    expect(await copy('gemma3:270', 'mine')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/Did you mean `gemma3:270m`/),
    });
    expect(await copy('gemma3:270m', 'gemma3-copy')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/already[\s\S]*--force/),
    });
    expect(requestsTo(server, '/api/copy')).toHaveLength(1);
    expect(await copy('gemma3:270m', 'gemma3-copy', '--force')).toMatchObject({ code: 0 });
  });
});
