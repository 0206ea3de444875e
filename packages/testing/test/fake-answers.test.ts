import { describe, expect, it } from '@jest/globals';
import { countTokens, tokensOf } from '@millrace/testing';
import { ask, type Row, textOf } from './client.ts';
import { useFakes } from './use-fake.ts';

const start = useFakes();
const model = 'gemma3:270m';

describe('an answer', () => {
  it('is the same for the same prompt and another for another', async () => {
    const { url } = await start();
    const say = async (prompt: string) => textOf((await ask(url, '/api/generate', { model, prompt })).json);
    expect(await say('Why is the sky blue?')).toBe('Answer 8e619a78 to: Why is the sky blue?');
    expect(await say('Why is the sky blue?')).toBe('Answer 8e619a78 to: Why is the sky blue?');
    expect(await say('Why is the sky red?')).not.toContain('8e619a78');
  });

  it('is what the function says, seen with system, messages and body', async () => {
    const seen: unknown[] = [];
    const { url } = await start({
      answer: ({ kind, prompt, lastText, body }) => {
        seen.push([kind, prompt, lastText, body.stream]);
        return 'Yes.';
      },
    });
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Is it?' },
    ];
    expect(textOf((await ask(url, '/api/chat', { model, messages })).json)).toBe('Yes.');
    await ask(url, '/api/generate', { model, system: 'S', prompt: 'P', stream: false });
    expect(seen).toEqual([
      ['chat', 'Be brief.\nIs it?', 'Is it?', undefined],
      ['generate', 'S\nP', 'P', false],
    ]);
  });

  it('may come late, and its failure is a 500 that frees the slot', async () => {
    let fails = true;
    const { url } = await start({
      answer: async () => {
        await Promise.resolve();
        if (fails) throw new Error('no idea');
        return 'An idea.';
      },
    });
    const failed = await ask(url, '/api/generate', { model, prompt: 'x' });
    expect([failed.status, failed.json]).toEqual([500, [{ error: 'no idea' }]]);
    fails = false;
    expect(textOf((await ask(url, '/api/generate', { model, prompt: 'x' })).json)).toBe('An idea.');
  });

  it('comes one token a line, with counts by the rule of tokensOf', async () => {
    const { url } = await start({ answer: () => 'Well, that is fine: 4 of 5!' });
    const rows = (await ask(url, '/api/generate', { model, prompt: 'One two, three.' })).json;
    expect(rows.slice(0, -1).map((row) => row.response)).toEqual(tokensOf('Well, that is fine: 4 of 5!'));
    expect(rows.at(-1)).toMatchObject({
      done: true,
      done_reason: 'stop',
      eval_count: 10,
      prompt_eval_count: 5,
      response: '',
    });
  });

  it('sends thinking before the text, unless think is false', async () => {
    const { url } = await start({
      models: [{ name: 'think', capabilities: ['completion', 'thinking'] }],
      answer: () => ({ text: 'Sunny.', thinking: 'They ask.' }),
    });
    const messages = [{ role: 'user', content: 'x' }];
    const rows = (await ask(url, '/api/chat', { model: 'think', messages })).json;
    expect(rows.map((row) => row.message?.thinking ?? row.message?.content)).toEqual([
      'They',
      ' ask',
      '.',
      'Sunny',
      '.',
      '',
    ]);
    const quiet = (await ask(url, '/api/chat', { model: 'think', messages, think: false, stream: false })).json;
    expect(quiet[0]?.message).toEqual({ role: 'assistant', content: 'Sunny.' });
  });

  it('sends tool calls whole, each before the final message', async () => {
    const { url } = await start({
      models: [{ name: 'tool', capabilities: ['completion', 'tools'] }],
      answer: () => ({
        toolCalls: [
          { name: 'add', arguments: { a: 1 } },
          { name: 'add', arguments: { a: 2 } },
        ],
      }),
    });
    const body = { model: 'tool', messages: [{ role: 'user', content: 'x' }] };
    const rows = (await ask(url, '/api/chat', body)).json;
    const calls = rows.flatMap((row) => (row.message?.tool_calls ?? []) as { id: string; function: object }[]);
    expect(calls.map((call) => call.function)).toEqual([
      { index: 0, name: 'add', arguments: { a: 1 } },
      { index: 1, name: 'add', arguments: { a: 2 } },
    ]);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    expect(rows.at(-1)).toMatchObject({ done: true, done_reason: 'stop', message: { content: '' } });
    const once = (await ask(url, '/api/chat', { ...body, stream: false })).json[0];
    expect(once?.message?.tool_calls).toEqual(calls);
  });

  it('fits a JSON Schema given as format', async () => {
    const { url } = await start();
    const format = {
      type: 'object',
      properties: {
        mood: { enum: ['good', 'bad'] },
        score: { type: 'number', minimum: 0, maximum: 1 },
        aspect: { type: ['string', 'null'] },
      },
      required: ['mood', 'score', 'aspect'],
    };
    const value = JSON.parse(textOf((await ask(url, '/api/generate', { model, prompt: 'x', format })).json)) as Row;
    expect(Object.keys(value)).toEqual(['mood', 'score', 'aspect']);
    expect(['good', 'bad']).toContain(value.mood);
    expect(value.score).toBeGreaterThanOrEqual(0);
    expect(value.score).toBeLessThanOrEqual(1);
    const any = textOf((await ask(url, '/api/generate', { model, prompt: 'x', format: 'json' })).json);
    expect(JSON.parse(any)).toHaveProperty('answer');
  });
});

describe('an answer ends', () => {
  const answer = () => 'one two three four five six';
  const generate = async (options: object, more: object = {}) => {
    const { url } = await start({ answer });
    const rows = (await ask(url, '/api/generate', { model, prompt: 'x', options, ...more })).json;
    return { text: textOf(rows), ...rows.at(-1) };
  };

  it.each([
    [3, 'one two three', 'length', 3],
    [6, 'one two three four five six', 'length', 6],
    [7, 'one two three four five six', 'stop', 6],
    [0, 'one two three four five six', 'stop', 6],
    [-1, 'one two three four five six', 'stop', 6],
    [2.9, 'one two', 'length', 2],
  ])('with num_predict %d as a server would', async (num_predict, text, done_reason, eval_count) => {
    expect(await generate({ num_predict })).toMatchObject({ text, done_reason, eval_count });
  });

  it.each([
    [['three'], 'one two ', 3],
    [['wo th'], 'one t', 3],
    [['nine', 'five', 'four'], 'one two three ', 4],
    [['one'], '', 1],
    [['nine', ''], 'one two three four five six', 6],
  ])('before the first stop string of %j, whose tokens count', async (stop, text, eval_count) => {
    expect(await generate({ stop })).toMatchObject({ text, done_reason: 'stop', eval_count });
  });

  it('when the window is full and may not shift', async () => {
    const full = await generate({ num_ctx: 4 }, { shift: false, prompt: 'a b' });
    expect(full).toMatchObject({ text: 'one two', done_reason: 'length', prompt_eval_count: 2 });
    expect(await generate({ num_ctx: 4 }, { prompt: 'a b' })).toMatchObject({ done_reason: 'stop', eval_count: 6 });
  });

  it('cut while thinking with no text', async () => {
    const { url } = await start({
      models: [{ name: 'think', capabilities: ['completion', 'thinking'] }],
      answer: () => ({ text: 'Sunny.', thinking: 'They ask for it.' }),
    });
    const body = {
      model: 'think',
      messages: [{ role: 'user', content: 'x' }],
      stream: false,
      options: { num_predict: 2 },
    };
    const [row] = (await ask(url, '/api/chat', body)).json;
    expect(row).toMatchObject({ done_reason: 'length', message: { content: '', thinking: 'They ask' } });
  });
});

describe('a prompt longer than the window', () => {
  const prompt = 'word '.repeat(3000).trim();
  const options = { num_ctx: 2048 };

  it('is refused with nested JSON when it may not be cut, in both forms', async () => {
    const { url } = await start();
    for (const stream of [true, false]) {
      const answer = await ask(url, '/api/generate', { model, prompt, options, truncate: false, stream });
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toBe(stream ? 'application/json' : 'application/json; charset=utf-8');
      const { error } = JSON.parse(String(answer.json[0]?.error)) as { error: object };
      expect(error).toEqual({
        code: 400,
        message: 'request (3000 tokens) exceeds the available context size (2048 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 3000,
        n_ctx: 2048,
      });
    }
  });

  it('is cut silently otherwise, to the count a real server reported', async () => {
    const { url } = await start();
    const [row] = (await ask(url, '/api/generate', { model, prompt, options, stream: false })).json;
    expect(row).toMatchObject({ done: true, prompt_eval_count: 1026 }); // recorded: 1027, one more for its BOS
  });

  it('tells the test how much was cut, and the answering function too', async () => {
    const told: number[] = [];
    const answer = ({ tokensCut }: { readonly tokensCut: number }) => `${told.push(tokensCut)}`;
    const { url, requests } = await start({ answer });
    await ask(url, '/api/generate', { model, prompt, options });
    await ask(url, '/api/generate', { model, prompt: 'short', options });
    await ask(url, '/api/generate', { model, prompt, options, truncate: false });
    expect(told).toEqual([3000 - 1026, 0]);
    expect(requests.map(({ tokensCut }) => tokensCut)).toEqual([3000 - 1026, 0, 0]);
  });

  it('is refused without context shift', async () => {
    const { url } = await start();
    const answer = await ask(url, '/api/generate', { model, prompt, options, shift: false });
    expect([answer.status, String(answer.json[0]?.error)]).toEqual([
      400,
      expect.stringContaining('prompt is longer than'),
    ]);
  });

  it('loses the oldest messages of a chat first, never the system ones', async () => {
    const { url } = await start();
    const turn = (role: string, count: number) => ({ role, content: 'w '.repeat(count).trim() });
    const messages = [turn('system', 100), turn('user', 1500), turn('assistant', 400), turn('user', 500)];
    const [row] = (await ask(url, '/api/chat', { model, messages, options, stream: false })).json;
    expect(row).toMatchObject({ prompt_eval_count: 1000 });
  });

  it('just fits one token below the window', async () => {
    const { url } = await start();
    for (const [tokens, status] of [
      [2047, 200],
      [2048, 400],
    ]) {
      const answer = await ask(url, '/api/generate', {
        model,
        prompt: 'w '.repeat(tokens ?? 0).trim(),
        options,
        truncate: false,
      });
      expect(answer.status).toBe(status);
    }
  });

  it('is cut, or refused, when it is embedded', async () => {
    const { url, requests } = await start({
      models: [{ name: 'e', capabilities: ['embedding'], contextLength: 512 }],
    });
    const cut = await ask(url, '/api/embed', { model: 'e', input: prompt });
    expect(cut.json[0]).toMatchObject({ prompt_eval_count: 512 });
    expect(requests[0]?.tokensCut).toBe(3000 - 512);
    expect((await ask(url, '/api/embed', { model: 'e', input: prompt, truncate: false })).status).toBe(400);
  });
});

describe('embedding', () => {
  const models = [{ name: 'e', capabilities: ['embedding'], embeddingLength: 32 }];
  const cosine = (one: number[], other: number[]) =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

  it('gives vectors of length 1 in the order of the input, near each other for similar texts', async () => {
    const { url } = await start({ models });
    const input = ['the cat sat on the mat', 'the cat sat on the rug', 'stock market news today', ''];
    const [row] = (await ask(url, '/api/embed', { model: 'e', input })).json;
    const [cat = [], rug = [], stock = [], empty = []] = (row?.embeddings ?? []) as number[][];
    for (const vector of [cat, rug, stock, empty]) {
      expect(vector).toHaveLength(32);
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
    }
    expect(cosine(cat, rug)).toBeGreaterThan(cosine(cat, stock) + 0.3);
    const again = (await ask(url, '/api/embed', { model: 'e', input: input[1] })).json[0];
    expect(again?.embeddings).toEqual([rug]);
  });

  it('cuts to the dimensions asked for and normalises again', async () => {
    const { url } = await start({ models });
    const [row] = (await ask(url, '/api/embed', { model: 'e', input: 'x', dimensions: 8 })).json;
    const [vector = []] = (row?.embeddings ?? []) as number[][];
    expect(vector).toHaveLength(8);
    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
  });
});

describe('pulling', () => {
  it('shows progress layer by layer and installs the model', async () => {
    const { url } = await start({
      pullable: [{ name: 'fresh', layers: [100, 10], steps: 2, capabilities: ['embedding'] }],
    });
    expect((await ask(url, '/api/show', { model: 'fresh' })).status).toBe(404);
    const rows = (await ask(url, '/api/pull', { model: 'fresh' })).json;
    expect(rows.map((row) => row.completed ?? row.status)).toEqual([
      'pulling manifest',
      expect.stringMatching(/^pulling [0-9a-f]{12}$/),
      50,
      100,
      expect.any(String),
      5,
      10,
      'verifying sha256 digest',
      'writing manifest',
      'success',
    ]);
    expect((await ask(url, '/api/show', { model: 'fresh' })).json[0]?.capabilities).toEqual(['embedding']);
  });

  it('ends with an error line where the registry fails, and installs nothing', async () => {
    const { url } = await start({
      pullable: [{ name: 'torn', error: 'digest mismatch, file must be downloaded again' }],
    });
    const rows = (await ask(url, '/api/pull', { model: 'torn' })).json;
    expect(rows.at(-1)).toEqual({ error: 'digest mismatch, file must be downloaded again' });
    expect((await ask(url, '/api/show', { model: 'torn' })).status).toBe(404);
  });
});

it('counts tokens as it cuts them, and loses no character', () => {
  for (const text of [
    '',
    '   ',
    'a',
    'Hello, wörld!  \n',
    '日本語のテキスト',
    '👩‍👩‍👧 ok',
    'x'.repeat(1000),
    'a_b-c 1.5\t',
  ]) {
    expect(tokensOf(text).join('')).toBe(text);
    expect(countTokens(text)).toBe(tokensOf(text).length);
  }
  expect(tokensOf('One two, extraordinarily.')).toEqual(['One', ' two', ',', ' extraordinar', 'ily', '.']);
});
