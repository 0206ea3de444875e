import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LanguageServer, startLanguageServer } from './support/language-server.ts';

// What the language server of the common editors makes of the published schema, in a file that names it as ours do.

const folder = new URL('../', import.meta.url);
let server: LanguageServer;
let count = 0;

beforeAll(async () => {
  server = await startLanguageServer();
}, 60_000);
afterAll(() => server.close(), 60_000);

/** Opens a text below the line that names the schema; `|` is the cursor. */
async function open(text: string): Promise<{ uri: string; marks: readonly string[]; line: number; character: number }> {
  const before = text.slice(0, Math.max(0, text.indexOf('|'))).split('\n');
  const uri = new URL(`opened-${++count}.yaml`, pathToFileURL(folder.pathname.replace(/\/$/, '/'))).href;
  const whole = `# yaml-language-server: $schema=./workflow.schema.json\n${text.replace('|', '')}`;
  const marks = await server.marks(uri, whole);
  const places = marks.map(({ message, range }) => `${range.start.line}:${range.start.character} ${message}`);
  return { uri, marks: places, line: before.length, character: before.at(-1)?.length ?? 0 };
}

async function offered(text: string): Promise<readonly string[]> {
  const { uri, line, character } = await open(text);
  return server.completions(uri, line, character);
}

describe('keys are offered', () => {
  test('at the top', async () => {
    expect(await offered('model: m\n|')).toEqual(
      expect.arrayContaining(['name', 'inputs', 'each', 'steps', 'save', 'limits', 'schedule', 'secrets', 'hosts']),
    );
  });

  test('in a step, of its kind', async () => {
    const words = await offered('steps:\n  first:\n    set: 5\n    |');
    expect(words).toEqual(expect.arrayContaining(['when', 'for', 'over', 'ensure', 'on_error']));
    const asked = await offered('steps:\n  first:\n    chat: [{ user: hi }]\n    |');
    expect(asked).toEqual(expect.arrayContaining(['model', 'options', 'returns', 'continue', 'think', 'retry']));
  });

  test('as kinds, in a step that has none yet', async () => {
    expect(await offered('steps:\n  first:\n    |')).toEqual(
      expect.arrayContaining(['generate', 'chat', 'embed', 'split', 'set']),
    );
  });

  test('in options', async () => {
    expect(await offered('steps:\n  first:\n    generate: hi\n    options:\n      |')).toEqual(
      expect.arrayContaining(['temperature', 'num_predict', 'num_ctx', 'seed']),
    );
  });

  test.each([
    ['each', 'each:\n  |', ['from', 'key', 'where', 'columns']],
    ['save', 'save:\n  |', ['to', 'fields', 'over', 'errors', 'order']],
    ['limits', 'limits:\n  |', ['parallel', 'rate', 'errors', 'idle', 'total']],
    ['schedule', 'schedule:\n  |', ['cron', 'every', 'zone', 'overlap', 'missed', 'jitter', 'keep']],
    ['repeat', 'steps:\n  first:\n    generate: hi\n    repeat:\n      |', ['until', 'max']],
    ['on_error', 'steps:\n  first:\n    generate: hi\n    on_error:\n      |', ['use', 'run']],
    ['a message', 'steps:\n  first:\n    chat:\n      - |', ['system', 'user', 'assistant']],
    ['retry', 'steps:\n  first:\n    generate: hi\n    retry:\n      |', ['busy', 'unreachable', 'invalid', 'length']],
  ])('in %s', async (_, text, words) => {
    expect(await offered(text)).toEqual(expect.arrayContaining(words));
  });
});

describe('values are offered', () => {
  test.each([
    ['on_overflow', 'steps:\n  first:\n    generate: hi\n    on_overflow: |', ['fail', 'truncate', 'split']],
    ['cache', 'steps:\n  first:\n    generate: hi\n    cache: |', ['"off"', 'run', 'shared']],
    ['think', 'steps:\n  first:\n    generate: hi\n    think: |', ['low', 'medium', 'high']],
    ['on_error', 'steps:\n  first:\n    generate: hi\n    on_error: |', ['fail', 'skip', 'abort']],
    ['overlap', 'schedule:\n  overlap: |', ['skip', 'queue', 'replace', 'allow']],
    ['order', 'save:\n  order: |', ['input', 'completion']],
    ['the type of an input', 'inputs:\n  tone:\n    type: |', ['string', 'number', 'boolean']],
    ['parallel', 'limits:\n  parallel: |', ['auto']],
  ])('of %s', async (_, text, words) => {
    expect(await offered(text)).toEqual(expect.arrayContaining(words));
  });
});

describe('mistakes are marked', () => {
  test.each([
    ['a misspelt key at the top', 'modle: m\nsteps: { a: { generate: hi } }\n', /^1:0 .*modle/],
    ['a misspelt key of a step', 'steps:\n  a:\n    generate: hi\n    sytem: hi\n', /^4:4 .*sytem/],
    ['a model in a step that asks none', 'steps:\n  a:\n    set: 5\n    model: m\n', /^4:4 .*model/],
    ['two kinds', 'steps:\n  a:\n    chat: [{ user: hi }]\n    set: 5\n', /^4:4 .*set/],
    ['two roles of a message', 'steps:\n  a:\n    chat: [{ user: hi, system: hi }]\n', /^3:11 /],
    ['a misspelt value', 'steps:\n  a:\n    generate: hi\n    cache: shard\n', /^4:11 .*"shared"/],
    ['a value out of range', 'limits: { parallel: 0 }\nsteps: { a: { generate: hi } }\n', /^1:20 /],
    ['a malformed time', 'limits: { idle: 2 minutes }\nsteps: { a: { generate: hi } }\n', /^1:16 /],
    ['missing steps', 'model: m\n', /^1:0 .*steps/],
  ])('%s', async (_, text, expected) => {
    const { marks } = await open(text);
    expect(marks).toEqual([expect.stringMatching(expected)]);
  });

  test('a kind that does not exist', async () => {
    const { marks } = await open('steps:\n  a:\n    translate: hi\n');
    expect(marks).toContainEqual(expect.stringMatching(/^3:4 .*translate/));
  });

  test('and nothing in a file of every kind of value', async () => {
    const { marks } = await open(`model: m
each: { from: rows.csv }
steps:
  parts: { split: "\${row.text}" }
  notes:
    for: \${parts}
    generate: \${item}
    returns: { mood: good | bad }
    options: { temperature: 0, num_predict: "\${row.most}" }
    think: \${row.hard}
    cache: off
    retry: { busy: 3 }
    on_error: { use: [] }
  digest: { over: notes, fold: auto, chat: [{ user: "\${items}" }] }
limits: { parallel: auto, errors: 5%, idle: 2m }
schedule: { cron: "@daily", zone: Europe/Berlin, missed: { run: once, within: 6h } }
`);
    expect(marks).toEqual([]);
  });
});

test('a key is explained where the mouse rests on it', async () => {
  const { uri } = await open('steps:\n  a:\n    generate: hi\n    on_overflow: split\n');
  expect(await server.hover(uri, 4, 8)).toContain('Where a prompt does not fit the window');
});
