import { describe, expect, test } from '@jest/globals';
import { ask } from './ask.ts';
import { transcript } from './transcripts.ts';
import { useEngine } from './use-engine.ts';

const engine = useEngine();

describe('answers as Ollama 0.32.15 was recorded to answer', () => {
  test.each([
    'root-get',
    'root-head',
    'version',
    'version-head',
    'unknown-route-404',
    'wrong-method-405',
    'wrong-method-405-post-tags',
    'cors-forbidden-origin',
    'cors-preflight',
    'host-header-forbidden',
    'generate-404',
    'generate-404-nonstream',
    'generate-no-model',
    'generate-bad-model-name',
    'generate-no-body',
    'generate-not-json',
    'generate-malformed-json',
    'generate-wrong-type-stream',
    'generate-wrong-type-prompt',
    'generate-wrong-type-options',
    'generate-wrong-type-option-value',
    'generate-keep-alive-bad',
    'generate-think-bad-level',
    'generate-think-unsupported',
    'generate-format-bad-string',
    'generate-format-bad-schema',
    'generate-images-bad-base64',
    'generate-images-nonvision',
    'generate-raw-with-context',
    'generate-raw-with-template-400',
    'generate-suffix-unsupported',
    'generate-top-logprobs-too-many',
    'chat-404',
    'chat-no-body',
    'chat-no-model',
    'chat-messages-wrong-type',
    'chat-images-nonvision',
    'chat-think-unsupported',
    'chat-tools-unsupported',
    'thinking-chat-bad-level',
    'show-404',
    'show-empty-model',
    'show-no-body',
  ])('%s', async (name) => {
    const { request, response } = transcript(name);
    const answered = await ask(`${engine.baseUrl}${request.path}`, {
      method: request.method,
      headers: request.headers ?? {},
      body: request.rawBody ?? request.body ?? undefined,
    });
    expect(answered.status).toBe(response.status);
    expect(answered.text).toBe(response.lines.join('\n'));
    for (const header of ['content-type', 'allow', 'access-control-allow-origin', 'access-control-max-age']) {
      if (name !== 'cors-preflight' || header !== 'allow')
        expect(answered.headers[header]).toBe(response.headers[header]);
    }
  });
});

describe('refuses what no recording shows', () => {
  const generate = (body: unknown) => ask(`${engine.baseUrl}/api/generate`, { body });
  const error = async (body: unknown) => {
    const { status, text } = await generate(body);
    return [status, JSON.parse(text).error];
  };
  const micro = { model: 'millrace-micro', prompt: 'hi' };

  test.each([
    ['keep_alive without a unit', { ...micro, keep_alive: '5' }, 400, 'time: missing unit in duration "5"'],
    ['keep_alive in days', { ...micro, keep_alive: '5d' }, 400, 'time: unknown unit "d" in duration "5d"'],
    ['keep_alive as a boolean', { ...micro, keep_alive: true }, 400, "Unsupported type: 'bool'"],
    [
      'an integer option as a string',
      { ...micro, options: { num_ctx: '1' } },
      500,
      'option "num_ctx" must be of type integer',
    ],
    ['a stop that is no list', { ...micro, options: { stop: 'x' } }, 500, 'option "stop" must be of type array'],
    [
      'a list of stops with a number',
      { ...micro, options: { stop: [1] } },
      500,
      'option "stop" must be of an array of strings',
    ],
    [
      'a boolean option as a number',
      { ...micro, options: { use_mmap: 1 } },
      500,
      'option "use_mmap" must be of type boolean',
    ],
    [
      'a format that is a list',
      { ...micro, format: [] },
      500,
      'invalid format: "[]"; expected "json" or a valid JSON Schema object',
    ],
    [
      'think as a number',
      { ...micro, think: 1 },
      400,
      'think must be a boolean or string ("high", "medium", "low", "max", true, or false)',
    ],
    [
      'a fraction for an integer',
      { ...micro, top_logprobs: 1.5 },
      400,
      'json: cannot unmarshal number 1.5 into Go struct field GenerateRequest.top_logprobs of type int',
    ],
    ['a body that is a list', [], 400, 'json: cannot unmarshal array into Go value of type api.GenerateRequest'],
    [
      'a token that the model does not have',
      { ...micro, context: [99999] },
      400,
      'context holds 99999, which is no token of this model',
    ],
  ])('%s', async (_what, body, status, message) => {
    expect(await error(body)).toEqual([status, message]);
  });

  test.each([
    ['{"model" "x"}', `invalid character '"' after object key`],
    ['{"model":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"model":"a\nb"}', "invalid character '\\n' in string literal"],
    ['{"model":"x",}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['{"a":[1,', 'unexpected EOF'],
  ])('the JSON %s', async (body, message) => {
    expect(await error(body)).toEqual([400, message]);
  });

  test('JSON nested deeper than any stack', async () => {
    expect(await error('['.repeat(500_000))).toEqual([400, 'exceeded max depth']);
  });

  test('a body of more than 8 MiB', async () => {
    const { status, text } = await generate({ ...micro, prompt: 'x'.repeat(8 * 1024 * 1024) });
    expect([status, JSON.parse(text).error]).toEqual([413, 'http: request body too large: the limit is 8388608 bytes']);
  });

  test('a Go template, saying what to do instead', async () => {
    const [status, message] = await error({ ...micro, template: '{{ .Prompt }}' });
    expect(status).toBe(400);
    expect(message).toMatch(/does not run Go templates.*"raw": true/);
  });
});

describe('accepts what Ollama accepts', () => {
  test.each([
    [
      'null as absent',
      { stream: false, options: { num_predict: 1, seed: null, nonsense: 'x' }, format: null, system: null },
    ],
    ['keys in any case', { Stream: false, OPTIONS: { num_predict: 1 } }],
    ['unknown keys', { stream: false, options: { num_predict: 1 }, max_tokens: 'many' }],
  ])('%s', async (_what, fields) => {
    const { status, text } = await ask(`${engine.baseUrl}/api/generate`, {
      body: { model: 'MILLRACE-micro', prompt: 'hi', ...fields },
    });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ model: 'MILLRACE-micro', done: true, eval_count: 1 });
  });

  test('text behind the JSON document', async () => {
    const body = '{"model":"millrace-micro","prompt":"hi","stream":false,"options":{"num_predict":1}} and so on';
    expect((await ask(`${engine.baseUrl}/api/generate`, { body })).status).toBe(200);
  });

  test.each([
    'localhost:1',
    '127.0.0.1',
    '[::1]:11434',
    '10.1.2.3:80',
    'box.local',
    'a.localhost:99',
    'host.docker.internal',
  ])('the Host %s', async (host) => {
    expect((await ask(`${engine.baseUrl}/api/version`, { method: 'GET', headers: { host } })).status).toBe(200);
  });

  test.each(['localhost.evil.example', '8.8.8.8', '[2001:db8::1]:80', 'evil.example:11434', '127.0.0.1.evil.example'])(
    'not the Host %s',
    async (host) => {
      expect(await ask(`${engine.baseUrl}/api/version`, { method: 'GET', headers: { host } })).toMatchObject({
        status: 403,
        text: '',
      });
    },
  );

  test.each(['http://localhost:3000', 'https://127.0.0.1', 'app://obsidian.md', 'vscode-webview://x'])(
    'the Origin %s',
    async (origin) => {
      const { status, headers } = await ask(`${engine.baseUrl}/api/version`, { method: 'GET', headers: { origin } });
      expect([status, headers['access-control-allow-origin']]).toEqual([200, origin]);
    },
  );

  test.each(['null', 'http://localhost.evil.example', 'https://evil.example', 'http://127.0.0.1:80.evil.example'])(
    'not the Origin %s',
    async (origin) => {
      expect((await ask(`${engine.baseUrl}/api/version`, { method: 'GET', headers: { origin } })).status).toBe(403);
    },
  );
});
