import { expect, test } from '@jest/globals';
import { ask, type Json } from './ask.ts';
import { transcript } from './transcripts.ts';
import { useEngine } from './use-engine.ts';

const engine = useEngine();

/** A value with every leaf replaced by its kind, so that two answers can be compared by their shape. */
function shape(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

async function replay(name: string) {
  const { request, response } = transcript(name);
  const body = request.rawBody ?? request.body ?? undefined;
  const answered = await ask(`${engine.baseUrl}${request.path}`, { method: request.method, body });
  expect(answered.status).toBe(response.status);
  expect(answered.headers['content-type']?.split(';')[0]).toBe(response.headers['content-type']?.split(';')[0]);
  return {
    mine: lines(answered.text),
    theirs: lines(response.lines.join('\n')),
    text: answered.text,
    newline: response.finalNewline,
  };
}

test.each([
  'generate-stream',
  'generate-nonstream',
  'generate-system',
  'generate-raw',
  'generate-load',
  'generate-unload',
  'generate-format-json',
  'generate-format-schema',
  'generate-debug-render',
  'generate-logprobs',
  'generate-logprobs-nonstream',
  'generate-num-predict-minus2',
  'generate-num-ctx-negative',
  'generate-unknown-option',
  'generate-unknown-toplevel',
  'generate-text-plain',
  'generate-think-false',
  'generate-wrong-type-option-int',
  'generate-keep-alive-duration',
  'chat-stream',
  'chat-nonstream',
  'chat-load',
  'chat-unload',
  'chat-logprobs',
  'chat-multi-turn',
  'chat-format-schema',
  'chat-bad-role',
  'chat-tool-role',
])('%s has the recorded keys, in their order, in every line', async (name) => {
  const { mine, theirs, text, newline } = await replay(name);
  expect(text.endsWith('\n')).toBe(newline);
  const [first, last] = [shape(theirs[0]), shape(theirs.at(-1))];
  expect(JSON.stringify(shape(mine.at(-1)))).toBe(JSON.stringify(last));
  for (const line of mine.slice(0, -1)) expect(JSON.stringify(shape(line))).toBe(JSON.stringify(first));
});

test('tags lists the model with the recorded keys', async () => {
  const { mine, theirs } = await replay('tags');
  expect(shape(mine)).toEqual(shape(theirs));
  expect(mine[0].models[0]).toMatchObject({
    name: 'millrace-micro:latest',
    size: 1_353_152,
    digest: 'f2325522d88f5c657dcc8b6bfd52fa887a79c01f0f22bef3113754dff3743850',
    details: {
      family: 'llama',
      parameter_size: '1.18M',
      quantization_level: 'Q8_0',
      context_length: 512,
      embedding_length: 128,
    },
    capabilities: ['completion'],
  });
});

test('ps lists the loaded model with the recorded keys', async () => {
  await ask(`${engine.baseUrl}/api/generate`, { body: { model: 'millrace-micro', options: { num_ctx: 256 } } });
  const { mine, theirs } = await replay('ps-loaded');
  expect(shape(mine)).toEqual(shape(theirs));
  expect(mine[0].models[0]).toMatchObject({ name: 'millrace-micro:latest', context_length: 256 });
});

test('show has the recorded keys and tells the context length', async () => {
  const { mine, theirs } = await replay('show');
  const withoutInfo = ({ model_info: _info, ...rest }: Json) => shape(rest);
  expect(withoutInfo(mine[0])).toEqual(withoutInfo(theirs[0]));
  expect(mine[0].model_info).toMatchObject({
    'general.architecture': 'llama',
    'general.parameter_count': 1_180_800,
    'llama.context_length': 512,
    'tokenizer.ggml.tokens': null,
  });
  expect(mine[0].capabilities).toEqual(['completion']);
  expect(mine[0].template).toMatch(/^\{%/);
});

test('show with verbose tells the lists too, and takes the old key `name`', async () => {
  const { text } = await ask(`${engine.baseUrl}/api/show`, { body: { name: 'Millrace-Micro', verbose: true } });
  expect(JSON.parse(text).model_info['tokenizer.ggml.tokens']).toHaveLength(4096);
});
