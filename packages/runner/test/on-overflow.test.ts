import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { answer } from '@millrace/core';
import {
  builtInKinds,
  defineStepKind,
  type JournalReader,
  openJournal,
  type RunEvent,
  readJournal,
  runWorkflow,
  type World,
} from '@millrace/runner';
import type { FakeOllamaOptions } from '@millrace/testing';
import fc from 'fast-check';
import { filter, lastValueFrom, map, Subject, take, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

const sentence = (n: number): string => `Sentence ${n} says that the mill turns by day and rests at night.`;
/** About so many tokens, in paragraphs. */
const textOf = (tokens: number): string =>
  Array.from({ length: Math.ceil(tokens / 15) }, (_, n) => sentence(n) + (n % 6 === 5 ? '\n\n' : ' '))
    .join('')
    .trim();

const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const model = { name: 'm', contextLength: 4096 };

interface Scene extends FakeOllamaOptions {
  /** YAML of the steps. */
  readonly steps: string;
  readonly rows?: readonly unknown[];
  readonly save?: string;
}

/** Rows, and a workflow over them that runs again and again, with a journal. */
async function scene({ steps, rows, save = 'save: { to: out.jsonl }\n', ...options }: Scene) {
  const each = rows ? 'each: { from: rows.jsonl, key: "${row.id}" }\n' : '';
  const folder = await folderWith({
    'w.yaml': `model: m\n${each}steps:\n${steps}\n${rows ? save : ''}`,
    'rows.jsonl': `${(rows ?? []).map((row, id) => JSON.stringify({ id: String(id), ...(row as object) })).join('\n')}\n`,
  });
  const { ollama, fake } = await fakeHost({ models: [model], ...options });
  const path = join(folder, '.millrace/journal.db');
  const run = async (world: Partial<World> = {}, note = (_: RunEvent): void => {}): Promise<RunEvent[]> => {
    const journal = await openJournal(path);
    try {
      const workflow = await loaded(join(folder, 'w.yaml'));
      const events$ = runWorkflow(workflow, { hosts: [ollama], deltas: false, journal, random: () => 0, ...world });
      return await lastValueFrom(events$.pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  const prompts = (): string[] =>
    fake.requests.map(({ body }) => {
      const { prompt, messages, input } = body as Record<string, string> & { messages?: { content: string }[] };
      return prompt ?? input ?? messages?.map(({ content }) => content).join('\n') ?? '';
    });
  return { folder, fake, run, prompts, path };
}

const endOf = (events: readonly RunEvent[], step = 'a') => ofType(events, 'step-end').find((end) => end.step === step);
const starts = (events: readonly RunEvent[]) => ofType(events, 'step-start');

const echo = ({ lastText }: { lastText: string }): string => lastText.replace(/^Read: /, '');
const split = '{ generate: "Read: ${row.text}", on_overflow: split, options: { num_predict: 3000 } }';
/** Which sentence a text begins with. */
const mark = ({ lastText }: { lastText: string }): string => /Sentence \d+/.exec(lastText)?.[0] ?? lastText;
/** What prompts hold, in the order of the text. */
const inOrder = (prompts: readonly string[]): string =>
  plain(
    prompts
      .map((prompt) => prompt.replace(/^Read: /, ''))
      .sort((one, other) => Number(one.split(' ')[1]) - Number(other.split(' ')[1]))
      .join(' '),
  );
/** As `split`, where the answer needs less room. */
const brief = split.replace('3000', '500');

describe('a text of 20,000 tokens, and a model of 4,096', () => {
  const text = textOf(20_000);

  test('is asked in pieces that fit, and the answers stand one behind the other', async () => {
    const { run, prompts } = await scene({ steps: `  a: ${split}`, rows: [{ text }], answer: echo });
    const events = await run();
    expect(events.at(-1)).toMatchObject({ status: 'done', counts: { ok: 1 } });
    const pieces = prompts().map((prompt) => prompt.replace('Read: ', ''));
    expect(pieces.length).toBeGreaterThan(10);
    for (const prompt of prompts()) expect(prompt).toMatch(/^Read: Sentence \d+ says[\s\S]* night\.$/);
    const value = endOf(events)?.value as string;
    expect(plain(value)).toBe(text.replaceAll(/\s+/g, ' '));
    expect(value.split(/\n\n/).length).toBeGreaterThanOrEqual(pieces.length);
    expect([...pieces].sort((one, other) => value.indexOf(one) - value.indexOf(other)).join('\n\n')).toBe(value);
    // No call was too long: nothing was refused.
    expect(ofType(events, 'step-retry')).toEqual([]);
    expect(starts(events)).toHaveLength(pieces.length);
  });

  test('says each piece in its events, and the whole value with the sum of its tokens once', async () => {
    const { run, fake } = await scene({ steps: `  a: ${brief}`, rows: [{ text }], answer: () => 'two words' });
    const events = await run({ deltas: true });
    const pieces = starts(events).map(({ piece }) => piece);
    expect(new Set(pieces)).toEqual(new Set(pieces.map((_, index) => String(index))));
    expect(new Set(ofType(events, 'step-delta').map(({ piece }) => piece))).toEqual(new Set(pieces));
    const ends = ofType(events, 'step-end');
    expect(ends).toHaveLength(1);
    expect(ends[0]).not.toHaveProperty('piece');
    expect(ends[0]).toMatchObject({
      value: pieces.map(() => 'two words').join('\n\n'),
      usage: { outputTokens: 2 * pieces.length },
    });
    expect(fake.requests).toHaveLength(pieces.length);
  });

  test('is asked once where the model has room for it', async () => {
    const { run, prompts } = await scene({
      steps: `  a: ${brief}`,
      rows: [{ text }],
      models: [{ name: 'm', contextLength: 65_536 }],
      answer: () => 'yes',
    });
    const events = await run();
    expect(prompts()).toEqual([`Read: ${text}`]);
    expect(starts(events)[0]).not.toHaveProperty('piece');
    expect(endOf(events)?.value).toBe('yes');
  });

  test('fails without `split`, as before', async () => {
    const { run } = await scene({ steps: `  a: ${brief.replace('on_overflow: split, ', '')}`, rows: [{ text }] });
    expect(ofType(await run(), 'row-end')).toMatchObject([{ error: { cause: { code: 'CONTEXT_OVERFLOW' } } }]);
  });

  test.each([
    ['context: 2048', brief.replace('on_overflow', 'context: 2048, on_overflow')],
    ['num_ctx', brief.replace('num_predict', 'num_ctx: 2048, num_predict')],
  ])('with %s it is cut for that window', async (_, step) => {
    const { run, fake, prompts } = await scene({
      steps: `  a: ${step}`,
      rows: [{ text }],
      models: [{ name: 'm', contextLength: 32_768 }],
      answer: mark,
    });
    expect((await run()).at(-1)).toMatchObject({ counts: { ok: 1 } });
    expect(inOrder(prompts())).toBe(plain(text));
    expect(prompts().length).toBeGreaterThan(13);
    const windows = fake.requests.map(({ body }) => (body as { options: { num_ctx: number } }).options.num_ctx);
    expect(new Set(windows)).toEqual(new Set([2048]));
  });

  test('rows that fit are asked as they are, beside it', async () => {
    const { run, prompts } = await scene({
      steps: `  a: ${brief}`,
      rows: [{ text: 'short' }, { text }, { text: 'brief' }],
      answer: mark,
    });
    const events = await run();
    expect(events.at(-1)).toMatchObject({ counts: { ok: 3 } });
    expect(ofType(events, 'step-end').find(({ key }) => key === '2')?.value).toBe('Read: brief');
    expect(
      prompts()
        .filter((prompt) => prompt.length < 20)
        .sort(),
    ).toEqual(['Read: brief', 'Read: short']);
  });
});

describe('a run that goes on', () => {
  test('asks for none of the pieces again', async () => {
    const text = textOf(20_000);
    const { run, prompts } = await scene({ steps: `  a: ${brief}`, rows: [{ text }], answer: mark });
    const interrupt = new Subject<void>();
    let count = 0;
    const first = await run({ interrupt, parallel: 1 }, (event) => {
      if (event.type === 'step-start' && ++count === 4) interrupt.next();
    });
    expect(first.at(-1)).toMatchObject({ status: 'interrupted' });
    const before = prompts();
    const again = await run();
    const after = prompts().slice(before.length);
    expect(after.length).toBeGreaterThan(0);
    // The one that was in flight is made again.
    expect(after.filter((prompt) => before.slice(0, 3).includes(prompt))).toEqual([]);
    expect(starts(again)).toHaveLength(after.length);
    expect(inOrder([...new Set(prompts())])).toBe(plain(text));

    const whole = await scene({ steps: `  a: ${brief}`, rows: [{ text }], answer: mark });
    expect(endOf(await whole.run())?.value).toBe(endOf(again)?.value);
    expect(new Set(prompts()).size).toBe(whole.prompts().length);
  });

  test('asks neither for what was refused nor for its pieces, where a later step failed', async () => {
    // The server counts each sign as a token, the estimate about half.
    const text = 'a+'.repeat(2400);
    const steps = `  a: { generate: "\${row.text}", on_overflow: split, options: { num_predict: 100 } }\n  b: { generate: "later \${size(a)}", retry: { crashed: 0 } }`;
    let isBroken = true;
    const { run, prompts } = await scene({
      steps,
      rows: [{ text }],
      answer: () => 'x',
      faults: ({ body }) => {
        const { prompt } = body as { prompt: string };
        const refuse = (error: string) => ({ kind: 'status' as const, status: 400, body: { error } });
        if (prompt.startsWith('later')) return isBroken ? refuse('no') : undefined;
        return prompt.length > 1300 ? refuse('the prompt exceeds the available context size') : undefined;
      },
    });
    expect(ofType(await run(), 'row-end')).toMatchObject([{ status: 'failed' }]);
    const before = prompts();
    expect(before).toContain(text);
    // Its halves were refused as well.
    expect(before.filter((prompt) => prompt.length > 1300 && prompt.length < text.length).length).toBeGreaterThan(1);
    isBroken = false;
    const again = await run({ retry: {} });
    expect(again.at(-1)).toMatchObject({ counts: { ok: 1 } });
    expect(prompts().slice(before.length)).toEqual([expect.stringMatching(/^later/)]);
  });

  test('shows the answer to each piece', async () => {
    const { run, path } = await scene({ steps: `  a: ${brief}`, rows: [{ text: textOf(9000) }], answer: () => 'x' });
    const [start] = ofType(await run(), 'run-start');
    const journal = (await readJournal(path)) as JournalReader;
    const { answers } = journal.row(start?.id as string, '0');
    journal.close();
    expect(answers.map(({ piece }) => piece).sort()).toEqual(answers.map((_, index) => String(index)));
    expect(answers.length).toBeGreaterThan(2);
  });
});

describe('answers are put together', () => {
  test('lists, one behind the other', async () => {
    const { run, prompts } = await scene({
      steps:
        '  a:\n    generate: "Read: ${row.text}"\n    returns: number[]\n    on_overflow: split\n    options: { num_predict: 500 }',
      rows: [{ text: textOf(9000) }],
      answer: ({ prompt }) => JSON.stringify((prompt.match(/\d+/g) ?? []).slice(0, 2).map(Number)),
    });
    const value = endOf(await run())?.value as number[];
    expect(value).toHaveLength(2 * prompts().length);
    expect(value).toEqual([...value].sort((one, other) => one - other));
    expect(value.slice(0, 2)).toEqual([0, 1]);
  });

  test('vectors, as their mean of length 1', async () => {
    const { run, prompts, fake } = await scene({
      steps: '  a: { embed: "search_document: ${row.text}", on_overflow: split }',
      rows: [{ text: textOf(5000) }, { text: 'short' }],
      models: [{ name: 'm', capabilities: ['embedding'], contextLength: 2048, embeddingLength: 8 }],
    });
    const events = await run();
    expect(events.at(-1)).toMatchObject({ counts: { ok: 2 } });
    const pieces = fake.requests
      .filter(({ status }) => status === 200)
      .map(({ body }) => (body as { input: string }).input);
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece).toMatch(/^search_document: \S/);
    // The whole text was refused once, and none of its pieces.
    expect(prompts()).toHaveLength(pieces.length + 1);
    const vector = ofType(events, 'step-end').find(({ key }) => key === '0')?.value as number[];
    expect(vector).toHaveLength(8);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 10);
    const each = await scene({
      steps: '  a: { embed: "${row.text}" }',
      rows: pieces.filter((piece) => piece.includes('Sentence')).map((text) => ({ text })),
      models: [{ name: 'm', capabilities: ['embedding'], contextLength: 2048, embeddingLength: 8 }],
    });
    const vectors = ofType(await each.run(), 'step-end').map(({ value }) => value as number[]);
    const sum = vector.map((_, at) => vectors.reduce((total, one) => total + (one[at] as number), 0));
    const length = Math.hypot(...sum);
    for (const [at, value] of vector.entries()) expect(value).toBeCloseTo((sum[at] as number) / length, 6);
  });

  test('of a chat, with a talk for each piece', async () => {
    const { run, fake } = await scene({
      steps:
        '  a: { chat: [{ system: Be kind. }, { user: "${row.text}" }], on_overflow: split, options: { num_predict: 500 } }\n  n: { set: "${size(steps.a.messages)}" }',
      rows: [{ text: textOf(7000) }],
      answer: () => 'ok',
    });
    const events = await run();
    const count = fake.requests.length;
    expect(endOf(events)?.value).toBe(Array(count).fill('ok').join('\n\n'));
    expect(endOf(events, 'n')?.value).toBe(3 * count);
    for (const { body } of fake.requests)
      expect((body as { messages: { role: string }[] }).messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });
});

describe('what the step says holds for each piece', () => {
  test('`ensure`, `returns` and `retry`', async () => {
    let asked = 0;
    const { run, fake } = await scene({
      steps:
        '  a:\n    generate: "Read: ${row.text}"\n    returns: string[]\n    ensure: "${size(a) == 1}"\n    retry: { invalid: 1 }\n    on_overflow: split\n    options: { num_predict: 500 }',
      rows: [{ text: textOf(9000) }],
      answer: ({ prompt }) => (prompt.includes('Your answer was') || ++asked > 2 ? '["x"]' : '["x", "y"]'),
    });
    const events = await run();
    const count = new Set(starts(events).map(({ piece }) => piece)).size;
    expect(endOf(events)?.value).toEqual(Array(count).fill('x'));
    expect(ofType(events, 'step-retry')).toHaveLength(2);
    for (const { piece } of ofType(events, 'step-retry')) expect(piece).toMatch(/^\d$/);
    expect(fake.requests).toHaveLength(count + 2);
  });

  test('a piece that fails for good fails the step', async () => {
    const { run } = await scene({
      steps: `  a: ${brief}`,
      rows: [{ text: textOf(9000) }],
      answer: mark,
      faults: ({ body }) =>
        (body as { prompt: string }).prompt.includes('Sentence 300 ')
          ? { kind: 'status', status: 400, body: { error: 'no' } }
          : undefined,
    });
    expect(ofType(await run(), 'row-end')).toMatchObject([
      { status: 'failed', error: { cause: { code: 'BAD_REQUEST' } } },
    ]);
  });
});

describe('a server that counts more', () => {
  const text = 'a+'.repeat(2400);
  const steps = '  a: { generate: "${row.text}", on_overflow: split, options: { num_predict: 100 } }';

  test('has its prompt halved, and the halves again where they are refused', async () => {
    const refuse = (limit: number): FakeOllamaOptions => ({
      faults: ({ body }) =>
        (body as { prompt: string }).prompt.length > limit
          ? { kind: 'status', status: 400, body: { error: 'the prompt exceeds the available context size' } }
          : undefined,
    });
    for (const [limit, deepest] of [
      [2500, /^\d$/],
      [1300, /^\d\.\d$/],
    ] as const) {
      const { run, fake } = await scene({
        steps,
        rows: [{ text }],
        answer: ({ lastText }) => `${lastText.length}`,
        ...refuse(limit),
      });
      const events = await run();
      expect(events.at(-1)).toMatchObject({ counts: { ok: 1 } });
      const lengths = String(endOf(events)?.value).split('\n\n').map(Number);
      expect(lengths.reduce((sum, length) => sum + length)).toBe(text.length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
      expect(starts(events).at(-1)?.piece).toMatch(deepest);
      const asked = fake.requests.map(({ body }) => (body as { prompt: string }).prompt);
      expect(asked[0]).toBe(text);
      expect(asked.slice(1).join('').length).toBeGreaterThanOrEqual(text.length);
    }
  });

  test('is not asked for ever: what it refuses after a few times fails', async () => {
    const { run, fake } = await scene({
      steps,
      rows: [{ text }],
      faults: () => ({ kind: 'status', status: 400, body: { error: 'the prompt exceeds the available context size' } }),
    });
    expect(ofType(await run({ parallel: 1 }), 'row-end')).toMatchObject([
      { status: 'failed', error: { cause: { code: 'CONTEXT_OVERFLOW' } } },
    ]);
    expect(fake.requests.length).toBeLessThan(64);
  });
});

describe('what is cut', () => {
  test('is the longest text that can be, and the others stand in every piece', async () => {
    const { run, prompts } = await scene({
      steps: `  a: { generate: '\${lead}: \${row.title} \${row["Long Text"]} \${row.title}', system: "About \${row.title}", on_overflow: split, options: { num_predict: 100 } }
  lead: { set: "\${row.title}!" }`,
      rows: [{ title: 'Mills', 'Long Text': textOf(9000) }],
      answer: () => 'x',
    });
    await run();
    expect(prompts().length).toBeGreaterThan(2);
    for (const prompt of prompts()) expect(prompt).toMatch(/^Mills!: Mills Sentence[\s\S]*night\. Mills$/);
  });

  test('a prompt that does not fit without the text either fails as before', async () => {
    const { run, fake } = await scene({
      steps: '  a: { generate: "${row.one} ${row.two}", on_overflow: split, options: { num_predict: 100 } }',
      rows: [{ one: textOf(9000), two: textOf(9000) }],
    });
    expect(ofType(await run(), 'row-end')).toMatchObject([{ error: { cause: { code: 'CONTEXT_OVERFLOW' } } }]);
    expect(fake.requests).toHaveLength(1);
  });

  test('the text of an element, beside others', async () => {
    const { run } = await scene({
      steps: `  a: { for: "\${row.pages}", generate: "Read: \${item}", on_overflow: split, options: { num_predict: 100 } }`,
      rows: [{ pages: ['first', textOf(9000), 'last'] }],
      answer: mark,
    });
    const events = await run();
    const [first, long, last] = (endOf(events)?.value ?? []) as string[];
    expect([first, last]).toEqual(['Read: first', 'Read: last']);
    expect(long).toMatch(/^Sentence 0\n\nSentence \d+/);
    expect(
      starts(events)
        .filter(({ element }) => element !== 1)
        .map(({ piece }) => piece),
    ).toEqual([undefined, undefined]);
    expect(starts(events).filter(({ element }) => element === 1).length).toBeGreaterThan(2);
  });

  test('each round of `repeat` has pieces of its own', async () => {
    const { run, prompts } = await scene({
      steps: `  a: { generate: '\${row.text} \${default(previous, "")}', repeat: { until: '\${previous != null && a.startsWith("again")}', max: 3 }, on_overflow: split, options: { num_predict: 100 } }`,
      rows: [{ text: textOf(9000) }],
      answer: () => 'again',
    });
    const events = await run();
    const rounds = starts(events).map(({ round, piece }) => `${round} ${piece}`);
    expect(new Set(rounds).size).toBe(rounds.length);
    expect(new Set(starts(events).map(({ round }) => round))).toEqual(new Set([0, 1]));
    expect(prompts()).toHaveLength(rounds.length);
    expect(endOf(events)?.value).toMatch(/^again\n\nagain/);
  });

  test('the items of a reduce, between two of them; and one that is too long by itself', async () => {
    const texts = Array.from({ length: 120 }, (_, n) => `Item ${n}: ${textOf(60)}`);
    const { run, prompts } = await scene({
      steps: `  a: { set: "\${row.text}" }
  sum: { over: a, generate: 'All of: \${items.join(" -- ")}', on_overflow: split, options: { num_predict: 100 } }`,
      rows: [...texts.map((text) => ({ text })), { text: `Item long: ${textOf(9000)}` }],
      answer: () => 'part',
    });
    const events = await run();
    expect(ofType(events, 'group-end')).toMatchObject([{ status: 'ok', count: 121 }]);
    const asked = prompts();
    expect(ofType(events, 'group-end')[0]?.value).toBe(asked.map(() => 'part').join('\n\n'));
    const whole = asked
      .filter((prompt) => /Item \d/.test(prompt))
      .flatMap((prompt) => prompt.replace('All of: ', '').split(' -- '));
    expect(whole.sort()).toEqual([...texts].sort());
    expect(asked.filter((prompt) => !/Item \d/.test(prompt)).length).toBeGreaterThan(2);
    expect(starts(events).some(({ piece }) => piece?.includes('.'))).toBe(true);
  });

  test('a prompt for a model that only the row names, by the window that servers give', async () => {
    const { run, prompts } = await scene({
      steps: '  a: { generate: "Read: ${row.text}", model: "${row.model}", on_overflow: split }',
      rows: [{ text: textOf(9000), model: 'm' }],
      models: [{ name: 'm', contextLength: 32_768 }],
      answer: mark,
    });
    const events = await run();
    expect(endOf(events)?.value).toMatch(/^Sentence 0\n\nSentence \d+/);
    const [refused, ...pieces] = prompts();
    expect(refused).toBe(`Read: ${textOf(9000)}`);
    expect(inOrder(pieces)).toBe(plain(textOf(9000)));
    expect(pieces.length).toBeLessThan(6);
  });

  test('a row waits for the widest window before its pieces are asked', async () => {
    const short = Array.from({ length: 1030 }, () => ({ text: 'short' }));
    const { run, fake } = await scene({
      steps: '  a: { generate: "${row.text}", on_overflow: split, options: { num_predict: 100 } }',
      rows: [...short, { text: textOf(9000) }],
      answer: () => 'x',
    });
    const events = await run();
    expect(events.at(-1)).toMatchObject({ counts: { ok: 1031 } });
    expect(fake.loads).toHaveLength(2);
    const long = fake.requests.filter(({ body }) => (body as { prompt: string }).prompt !== 'short');
    expect(long.length).toBeLessThan(6);
    for (const { body } of long) {
      const { prompt, options } = body as { prompt: string; options: { num_ctx: number } };
      if (prompt.length > 9000) expect(options.num_ctx).toBe(4096);
    }
    expect(ofType(events, 'row-parked')).toHaveLength(1);
  });
});

test('unsubscribing in the middle of pieces ends their calls', async () => {
  const folder = await folderWith({
    'w.yaml': `model: m\nsteps:\n  text: { set: ${JSON.stringify(textOf(20_000))} }\n  a: { generate: "\${text}", on_overflow: split }\n`,
  });
  const { ollama, fake } = await fakeHost({ models: [model], tokenMs: 1, answerTokens: 200 });
  const workflow = await loaded(join(folder, 'w.yaml'));
  await new Promise<void>((resolve) => {
    runWorkflow(workflow, { hosts: [ollama], parallel: 3 })
      .pipe(
        filter(({ type }) => type === 'step-delta'),
        take(20),
      )
      .subscribe({ complete: resolve });
  });
  await fake.waitFor(() => fake.inFlight === 0);
  const { asked } = fake;
  await new Promise((resolve) => setImmediate(resolve));
  expect(fake.asked).toBe(asked);
});

test('a kind of the user whose values cannot be put together, whatever it says of them, fails the step', async () => {
  const count = defineStepKind<string>({
    kind: 'count',
    value: { type: 'string' },
    schema: { type: 'string' },
    run: (text, { ollama, model }) =>
      ollama.generate({ model, prompt: text, truncate: false }).pipe(
        answer(),
        map(() => ({ type: 'value' as const, value: text.length })),
      ),
  });
  const kinds = [...builtInKinds, count];
  const folder = await folderWith({
    'w.yaml': `model: m\nsteps:\n  text: { set: ${JSON.stringify(textOf(9000))} }\n  a: { count: "\${text}", on_overflow: split }\n`,
  });
  const { ollama } = await fakeHost({ models: [model] });
  const events = await allEvents(await loaded(join(folder, 'w.yaml'), { kinds }), { kinds, hosts: [ollama] });
  expect(ofType(events, 'row-end')).toMatchObject([
    { status: 'failed', error: { code: 'STEP_FAILED', cause: { code: 'EXPRESSION_FAILED' } } },
  ]);
});

test('pieces put together are the text, whatever it is made of', async () => {
  const words = fc.constantFrom(
    'mill',
    'Wasser',
    '水車',
    '🌊',
    'a+b',
    '123',
    'x'.repeat(90),
    '.',
    '。',
    '\n\n',
    '\n',
    '"',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 300, maxLength: 600 }), async (parts) => {
      const text = `mill ${parts.join(' ')}`;
      const { run, prompts } = await scene({
        steps:
          '  a: { generate: "<${row.text}>", returns: "string[]", on_overflow: split, options: { num_predict: 3950 } }',
        rows: [{ text }],
        answer: ({ lastText }) => JSON.stringify([lastText.slice(1, -1)]),
      });
      const pieces = endOf(await run())?.value as string[];
      expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      expect(prompts().length).toBeGreaterThan(2);
    }),
    { numRuns: 10 },
  );
}, 60_000);
