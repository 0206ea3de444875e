import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ask, askJson, askLines, type Json } from './ask.ts';
import { classify, reply, reviews } from './reviews.ts';
import { useEngine } from './use-engine.ts';

const engine = useEngine();

const model = 'millrace-micro';
const review = reviews[0] ?? '';
const generate = (fields: object): Promise<Json> =>
  askJson(`${engine.baseUrl}/api/generate`, { model, stream: false, ...fields });
const stream = (fields: object) => askLines(`${engine.baseUrl}/api/generate`, { model, ...fields });
const chat = (fields: object): Promise<Json> =>
  askJson(`${engine.baseUrl}/api/chat`, { model, stream: false, ...fields });
const user = (content: string) => ({ role: 'user', content });

describe('sampling', () => {
  test('temperature 0 gives the same answer whatever the seed', async () => {
    const answers = await Promise.all(
      [1, 2, 3].map((seed) => generate({ prompt: reply(review), options: { temperature: 0, seed } })),
    );
    expect(new Set(answers.map((answer) => answer.response)).size).toBe(1);
  });

  test('a seed decides the answer, another one gives another', async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
    const run = () =>
      Promise.all(seeds.map((seed) => generate({ prompt: reply(review), options: { temperature: 1, seed } })));
    const [first, second] = [await run(), await run()];
    expect(first.map((answer) => answer.response)).toEqual(second.map((answer) => answer.response));
    expect(new Set(first.map((answer) => answer.response)).size).toBeGreaterThan(2);
  });

  test('without a seed answers vary, and top_k 1 makes them one', async () => {
    const run = (options: object) =>
      Promise.all(
        Array.from({ length: 12 }, () =>
          generate({ prompt: reply(review), options: { temperature: 1.5, ...options } }),
        ),
      );
    const distinct = (answers: Json[]) => new Set(answers.map((answer) => answer.response)).size;
    expect(distinct(await run({}))).toBeGreaterThan(1);
    expect(distinct(await run({ top_k: 1 }))).toBe(1);
    expect(distinct(await run({ top_p: 0 }))).toBe(1);
    expect(distinct(await run({ min_p: 1 }))).toBe(1);
  });

  test('a repeat penalty changes an answer that repeats itself', async () => {
    const raw = { prompt: 'battery life battery life battery life battery', raw: true };
    const plain = await generate({ ...raw, options: { temperature: 0, num_predict: 12 } });
    for (const options of [{ repeat_penalty: 1.9 }, { presence_penalty: 9 }, { frequency_penalty: 9 }]) {
      const punished = await generate({ ...raw, options: { temperature: 0, num_predict: 12, ...options } });
      expect(punished.response).not.toBe(plain.response);
      const off = await generate({
        ...raw,
        options: { temperature: 0, num_predict: 12, ...options, repeat_last_n: 0 },
      });
      expect(off.response).toBe(plain.response);
    }
  });
});

describe('the end of an answer', () => {
  test('num_predict counts tokens, and its fraction is cut', async () => {
    const answer = await generate({ prompt: reply(review), options: { temperature: 0, num_predict: 3.7 } });
    expect(answer).toMatchObject({ done_reason: 'length', eval_count: 3 });
  });

  test.each([0, -1, -2])('num_predict %d sets no limit', async (num_predict) => {
    const answer = await generate({ prompt: reply(review), options: { temperature: 0, num_predict } });
    expect(answer.done_reason).toBe('stop');
    expect(answer.eval_count).toBeGreaterThan(5);
  });

  test('no part of a stop string leaves the server, wherever in a token it begins and ends', async () => {
    const whole: string = (await generate({ prompt: reply(review), options: { temperature: 0 } })).response;
    for (let at = 1; at < whole.length - 6; at += 3) {
      for (const length of [1, 2, 6]) {
        const stop = whole.slice(at, at + length);
        const expected = whole.slice(0, whole.indexOf(stop));
        const lines = await stream({ prompt: reply(review), options: { temperature: 0, stop: ['never said', stop] } });
        expect(lines.map((line) => line.response).join('')).toBe(expected);
        expect(lines.at(-1)).toMatchObject({ done_reason: 'stop', response: '' });
      }
    }
  });

  test('the beginning of a stop string that is never finished is part of the answer', async () => {
    const whole: string = (await generate({ prompt: reply(review), options: { temperature: 0 } })).response;
    const stop = [`${whole.slice(-4)} and more`, `${whole.slice(3, 8)}§`, ''];
    const answer = await generate({ prompt: reply(review), options: { temperature: 0, stop } });
    expect(answer.response).toBe(whole);
  });

  test('a context that is full ends the answer with `length`', async () => {
    const answer = await generate({
      prompt: 'battery life '.repeat(6),
      raw: true,
      options: { temperature: 0, num_ctx: 32, repeat_penalty: 1.1 },
    });
    expect(answer.done_reason).toBe('length');
    expect(answer.prompt_eval_count + answer.eval_count).toBe(32);
  });
});

describe('text', () => {
  test('a stream and a whole answer say the same, with the same counts', async () => {
    for (const prompt of reviews.slice(0, 6).map(reply)) {
      const options = { temperature: 1.2, seed: 7 };
      const lines = await stream({ prompt, options });
      const whole = await generate({ prompt, options });
      expect(lines.map((line) => line.response).join('')).toBe(whole.response);
      const last = lines.at(-1);
      expect([last.eval_count, last.prompt_eval_count, last.context]).toEqual([
        whole.eval_count,
        whole.prompt_eval_count,
        whole.context,
      ]);
      expect(lines.slice(0, -1).every((line) => line.done === false && line.response !== '')).toBe(true);
    }
  });

  test('characters of several bytes arrive whole, though the model writes them byte by byte', async () => {
    const pattern = '^(é|ß|☃|日本|😀|👩‍👩‍👧){6}$';
    let valid = 0;
    for (let seed = 1; seed <= 16; seed += 1) {
      const options = { temperature: 1.5, top_k: 0, top_p: 1, seed };
      const lines = await stream({ prompt: 'hi', format: { type: 'string', pattern }, options });
      const text = lines.map((line): string => line.response).join('');
      if (text.includes('\uFFFD')) continue; // this model may write the bytes of a character in a way that UTF-8 forbids
      valid += 1;
      for (const line of lines) expect(line.response.isWellFormed?.() ?? true).toBe(true); // no half of a surrogate pair
      expect(JSON.parse(text)).toMatch(new RegExp(pattern, 'u'));
      expect(lines.at(-1).eval_count).toBeGreaterThan(lines.length);
    }
    expect(valid).toBeGreaterThan(3);
  });

  test('bytes that make no character come out as replacement characters, none lost', async () => {
    const options = { temperature: 2, top_k: 0, top_p: 1, num_predict: 60 };
    for (let seed = 1; seed <= 8; seed += 1) {
      const [lines, whole] = [
        await stream({ prompt: 'hi', raw: true, options: { ...options, seed } }),
        await generate({ prompt: 'hi', raw: true, options: { ...options, seed } }),
      ];
      expect(lines.map((line) => line.response).join('')).toBe(whole.response);
    }
  });

  test('text that spells a special token stays text; only a raw prompt may spell one', async () => {
    const count = async (fields: object) =>
      (await generate({ options: { num_predict: 1 }, ...fields })).prompt_eval_count;
    const smuggled = await count({ prompt: 'hi<|assistant|>' });
    expect(smuggled).toBeGreaterThan((await count({ prompt: 'hi' })) + 4);
    expect(await count({ prompt: '<|user|>hi<|assistant|>', raw: true })).toBe(await count({ prompt: 'hi' }));
  });
});

describe('prompts', () => {
  test('generate asks what chat asks, and raw with the template written out does too', async () => {
    const options = { temperature: 0 };
    const question = classify(review);
    const answers = [
      await generate({ prompt: question, system: 'You judge reviews.', options }),
      await chat({ messages: [{ role: 'system', content: 'You judge reviews.' }, user(question)], options }),
      await generate({ prompt: `<|user|>You judge reviews.\n\n${question}<|assistant|>`, raw: true, options }),
    ];
    expect(new Set(answers.map((answer) => answer.response ?? answer.message.content)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.prompt_eval_count)).size).toBe(1);
  });

  test('a talk keeps its turns', async () => {
    const rendered = await chat({
      _debug_render_only: true,
      messages: [
        { role: 'system', content: 'S' },
        user('a'),
        { role: 'assistant', content: 'b' },
        { role: 'tool', content: 't' },
        user('c'),
      ],
    });
    expect(rendered._debug_info.rendered_template).toBe('<|user|>S\n\na<|assistant|>b</s><|user|>c<|assistant|>');
  });

  test.each([
    ['a system message alone', [{ role: 'system', content: 'S' }], '<|user|>S\n\n<|assistant|>'],
    ['two user messages', [user('a'), user('b')], '<|user|>a<|user|>b<|assistant|>'],
    [
      'an answer at the end',
      [user('a'), { role: 'assistant', content: 'b' }],
      '<|user|>a<|assistant|>b</s><|assistant|>',
    ],
    ['an empty message', [user('')], '<|user|><|assistant|>'],
    ['blanks and line ends', [user('  a\n\n')], '<|user|>  a\n\n<|assistant|>'],
    ['roles nobody knows', [{ role: 'wizard', content: 'x' }], '<|assistant|>'],
  ])('renders %s', async (_what, messages, expected) => {
    const rendered = await chat({ _debug_render_only: true, messages });
    expect(rendered._debug_info.rendered_template).toBe(expected);
  });

  test('`context` of an answer goes in front of the next prompt', async () => {
    const first = await generate({ prompt: classify(review), options: { temperature: 0 } });
    const next = await generate({
      prompt: 'Now write a reply.',
      context: first.context,
      options: { temperature: 0, num_predict: 1 },
    });
    expect(next.context.slice(0, first.context.length)).toEqual(first.context);
    expect(next.prompt_eval_count).toBeGreaterThan(first.context.length);
  });

  const long = 'the battery is great. '.repeat(200);

  test('truncate false refuses a prompt that is too long, with both sizes, also in a stream', async () => {
    for (const body of [{ prompt: long }, { prompt: long, raw: true, stream: true }]) {
      const { status, text, headers } = await ask(`${engine.baseUrl}/api/generate`, {
        body: { model, truncate: false, ...body },
      });
      expect(status).toBe(400);
      expect(headers['content-type']).toMatch(/^application\/json/);
      const { error } = JSON.parse(JSON.parse(text).error);
      expect(error).toMatchObject({ code: 400, type: 'exceed_context_size_error', n_ctx: 512 });
      expect(error.n_prompt_tokens).toBeGreaterThan(1000);
      expect(error.message).toBe(
        `request (${error.n_prompt_tokens} tokens) exceeds the available context size (512 tokens), try increasing it`,
      );
    }
  });

  test('a prompt of exactly one token less than the window fits, one more does not', async () => {
    const ok = await generate({ prompt: 'hi', truncate: false, options: { num_ctx: 6, num_predict: 1 } });
    expect(ok.prompt_eval_count).toBe(5);
    const { status } = await ask(`${engine.baseUrl}/api/generate`, {
      body: { model, prompt: 'hi', truncate: false, options: { num_ctx: 5 } },
    });
    expect(status).toBe(400);
  });

  test('without it the middle is cut, to the length that Ollama cuts to', async () => {
    const cut = await generate({ prompt: long, options: { num_predict: 1, temperature: 0 } });
    expect(cut.prompt_eval_count).toBe(512 - Math.floor((512 - 5) / 2));
    const head = await generate({ prompt: long, _debug_render_only: true });
    expect(head._debug_info.rendered_template).toMatch(/^<\|user\|>the battery.*great\. <\|assistant\|>$/);
  });

  test('shift false refuses to cut', async () => {
    const { status, text } = await ask(`${engine.baseUrl}/api/generate`, {
      body: { model, prompt: long, shift: false },
    });
    expect([status, JSON.parse(text).error]).toEqual([
      400,
      expect.stringMatching(/^the prompt is longer than the context length currently available to the model; /),
    ]);
  });

  test('a chat drops its oldest messages first, and keeps the system message and the last', async () => {
    const turns = Array.from({ length: 60 }, (_, turn) => [
      user(`question ${turn} about the battery`),
      { role: 'assistant', content: 'Thank you.' },
    ]).flat();
    const messages = [{ role: 'system', content: 'SYSTEM' }, ...turns, user('last question')];
    const { rendered_template: rendered } = (await chat({ messages, _debug_render_only: true }))._debug_info;
    expect(rendered).toMatch(/SYSTEM\n\n/);
    expect(rendered).toMatch(/question 59.*last question<\|assistant\|>$/);
    expect(rendered).not.toContain('question 0 ');
    const { status } = await ask(`${engine.baseUrl}/api/chat`, { body: { model, messages, truncate: false } });
    expect(status).toBe(400);
  });
});

test('logprobs: one entry for each token, none positive, the best first, the text of the answer', async () => {
  const lines = await stream({ prompt: reply(review), logprobs: true, top_logprobs: 3, options: { temperature: 0 } });
  const entries: Json[] = lines.flatMap((line) => line.logprobs ?? []);
  expect(entries.length).toBe(lines.at(-1).eval_count - 1); // the end-of-text token has none
  expect(entries.map((entry) => entry.token).join('')).toBe(lines.map((line) => line.response).join(''));
  for (const { logprob, token, top_logprobs: top } of entries) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top).toHaveLength(3);
    expect(top[0].token).toBe(token);
    expect(top[0].logprob).toBeGreaterThanOrEqual(top[1].logprob);
  }
});

test('the examples in the documentation answer', async () => {
  const page = readFileSync(new URL('../../../docs/engine.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```sh\ncurl http:\/\/127\.0\.0\.1:\d+(\S+)(?: -d '([^']*)')?\n```/g)];
  expect(examples.map(([, path]) => path)).toEqual(['/api/tags', '/api/generate', '/api/generate', '/api/chat']);
  for (const [, path, body] of examples) {
    const { status } = await ask(`${engine.baseUrl}${path}`, body === undefined ? { method: 'GET' } : { body });
    expect(status).toBe(200);
  }
});
