import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { initialRun, type RunEvent, reduceRun, runWorkflow } from '@millrace/runner';
import { randomFaults } from '@millrace/testing';
import { filter, firstValueFrom, lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

const bodyOf = (request: { body: unknown } | undefined) => request?.body as Record<string, unknown>;

/** A workflow over a csv with an id column of 0…n-1. */
async function overRows(count: number, steps: string, more = '') {
  const rows = Array.from({ length: count }, (_, id) => `${id},text ${id}`).join('\n');
  const folder = await folderWith({
    'r.csv': `id,text\n${rows}\n`,
    'w.yaml': `model: m\neach: { from: r.csv, key: "\${row.id}" }\nsteps:\n${steps}\n${more}`,
  });
  return { folder, workflow: await loaded(join(folder, 'w.yaml')) };
}

describe('a run', () => {
  test('says what happens from run-start to run-end, and the counts add up', async () => {
    const { workflow } = await overRows(3, '  a: { generate: "${row.text}" }');
    const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => ` ${lastText}! ` });
    const events = await allEvents(workflow, { hosts: [ollama], now: () => 1000 });
    expect(events[0]).toEqual({
      type: 'run-start',
      at: 1000,
      workflow: 'w',
      steps: ['a'],
      hosts: [fake.url],
      models: ['m'],
      labels: [],
      id: expect.stringMatching(/^19700101-0000-[0-9a-f]{6}$/),
      found: 'nothing',
      startedAt: 1000,
      notes: [],
      to: '-',
    });
    expect(
      ofType(events, 'step-end')
        .map(({ key, value }) => [key, value])
        .sort(),
    ).toEqual([
      ['0', 'text 0!'],
      ['1', 'text 1!'],
      ['2', 'text 2!'],
    ]);
    const deltas = ofType(events, 'step-delta')
      .filter(({ key }) => key === '1')
      .map(({ text }) => text);
    expect(deltas.join('')).toBe(' text 1! ');
    expect(events.at(-1)).toMatchObject({
      type: 'run-end',
      status: 'done',
      counts: { rows: 3, ok: 3, failed: 0, skipped: 0 },
      tokens: { outputTokens: expect.any(Number) },
    });
  });

  test('sends truncate: false, and the options as they are written', async () => {
    const { workflow } = await overRows(
      1,
      '  a: { generate: "${row.text}", system: "Be ${row.id}.", options: { temperature: 0, max_tokens: 7 } }',
    );
    const { ollama, fake } = await fakeHost();
    await allEvents(workflow, { hosts: [ollama] });
    expect(bodyOf(fake.requests[0])).toEqual({
      model: 'm',
      prompt: 'text 0',
      system: 'Be 0.',
      truncate: false,
      stream: true,
      options: { num_ctx: 2048, temperature: 0, num_predict: 7 },
    });
  });

  test('without each it runs once and ends with the value; several last steps are a map', async () => {
    const folder = await folderWith({
      'one.yaml':
        'model: m\ninputs: { who: { type: string } }\nsteps:\n  a: { generate: "Hello ${inputs.who}" }\n  b: { generate: "again ${a}" }\n',
      'two.yaml': 'model: m\nsteps:\n  a: { generate: A }\n  b: { generate: B }\n',
    });
    const { ollama } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>` });
    const one = await allEvents(await loaded(join(folder, 'one.yaml')), { hosts: [ollama], inputs: { who: 'you' } });
    expect(one.at(-1)).toMatchObject({ value: '<again <Hello you>>', counts: { rows: 1, ok: 1 } });
    const two = await allEvents(await loaded(join(folder, 'two.yaml')), { hosts: [ollama] });
    expect(two.at(-1)).toMatchObject({ value: { a: '<A>', b: '<B>' } });
  });

  test('inputs: unknown, missing and wrongly typed ones are refused before anything is sent', async () => {
    const folder = await folderWith({
      'w.yaml':
        'model: m\ninputs: { tone: { type: string, default: plain }, n: { type: number } }\nsteps: { a: { generate: "${inputs.tone} ${inputs.n}" } }\n',
    });
    const { ollama, fake } = await fakeHost();
    const workflow = await loaded(join(folder, 'w.yaml'));
    const failing = (inputs: Record<string, string>) => allEvents(workflow, { hosts: [ollama], inputs });
    await expect(failing({ ton: 'x', n: '1' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      hint: 'Did you mean `tone`?',
    });
    await expect(failing({})).rejects.toMatchObject({ code: 'INPUT_INVALID', message: 'The input `n` has no value.' });
    await expect(failing({ n: 'many' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(fake.asked).toBe(0);
    await failing({ n: '2.50' });
    expect(bodyOf(fake.requests[0]).prompt).toBe('plain 2.5');
  });

  test('first counts the rows that where lets pass; those it leaves out are skipped', async () => {
    const folder = await folderWith({
      'r.csv': `id\n${Array.from({ length: 50 }, (_, id) => id).join('\n')}\n`,
      'w.yaml':
        'model: m\neach: { from: r.csv, key: "${row.id}", where: "${row.id.endsWith(\\"3\\")}" }\nsteps: { a: { generate: "${row.id}" } }\n',
    });
    const { ollama, fake } = await fakeHost();
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], first: 2 });
    expect(events.at(-1)).toMatchObject({ counts: { rows: 14, ok: 2, skipped: 12, failed: 0 } });
    expect(fake.asked).toBe(2);
    expect((await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], first: 0 })).at(-1)).toMatchObject(
      { counts: { rows: 0 } },
    );
  });
});

describe('steps', () => {
  test('chain: a chat reads what a generate step answered', async () => {
    const { workflow } = await overRows(
      1,
      [
        '  reply:',
        '    chat:',
        '      - system: You answer ${facts.mood} people.',
        '      - user: ${row.text}',
        '      - assistant: Yes?',
        '      - user: "${facts.count + 1} times"',
        '  facts:',
        '    generate: "facts of ${row.text}"',
        '    returns: { mood: happy | sad, count: number }',
      ].join('\n'),
    );
    const { ollama, fake } = await fakeHost({
      answer: ({ kind }) => (kind === 'chat' ? 'Done.' : '{"mood":"sad","count":2}'),
    });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(fake.requests.map(({ path }) => path)).toEqual(['/api/generate', '/api/chat']);
    expect(bodyOf(fake.requests[0]).format).toEqual({
      type: 'object',
      properties: { mood: { enum: ['happy', 'sad'] }, count: { type: 'number' } },
      required: ['mood', 'count'],
      additionalProperties: false,
    });
    expect(bodyOf(fake.requests[1]).messages).toEqual([
      { role: 'system', content: 'You answer sad people.' },
      { role: 'user', content: 'text 0' },
      { role: 'assistant', content: 'Yes?' },
      { role: 'user', content: '3 times' },
    ]);
    expect(ofType(events, 'step-end')[0]).toMatchObject({ step: 'facts', value: { mood: 'sad', count: 2 } });
  });

  test('a chat takes a list of messages from a row', async () => {
    const folder = await folderWith({
      'r.jsonl': '{"messages":[{"role":"user","content":"Hi"}]}\n{"messages":"none"}\n',
      'w.yaml': 'model: m\neach: { from: r.jsonl }\nsteps: { a: { chat: "${row.messages}" } }\n',
    });
    const { ollama, fake } = await fakeHost();
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
    expect(bodyOf(fake.requests[0]).messages).toEqual([{ role: 'user', content: 'Hi' }]);
    expect(ofType(events, 'row-end').find(({ index }) => index === 1)).toMatchObject({
      status: 'failed',
      error: { cause: { code: 'EXPRESSION_FAILED' } },
    });
  });

  test('a prompt that is no text stands as JSON; an empty one fails its row, for Ollama would answer nothing', async () => {
    const folder = await folderWith({
      'r.jsonl': '{"id":1,"p":3}\n{"id":2,"p":["a"]}\n{"id":3,"p":""}\n{"id":4,"p":null}\n{"id":5}\n{"id":6,"p":" "}\n',
      'w.yaml':
        'model: m\neach: { from: r.jsonl, key: "${row.id}" }\nsteps: { a: { generate: "${row.p}" }, b: { chat: [{ user: "${row.p}" }], when: "${row.id < 3}" } }\n',
    });
    const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>` });
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
    const ends = ofType(events, 'row-end').sort((a, b) => a.index - b.index);
    expect(ends.map(({ status }) => status)).toEqual(['ok', 'ok', 'failed', 'failed', 'failed', 'failed']);
    expect(ends[1]?.fields).toMatchObject({ a: '<["a"]>', b: '<["a"]>' });
    expect(ends[2]?.error?.message).toMatch(/The prompt is empty/);
    expect(ends[4]?.error?.message).toMatch(/The prompt is null/);
    expect(fake.asked).toBe(4);
  });

  test('a skipped step skips what needs it, but not what reads it through default(); save writes null', async () => {
    const { workflow } = await overRows(
      2,
      [
        '  a: { generate: "a ${row.id}", when: "${row.id == \\"1\\"}" }',
        '  b: { generate: "b ${a}" }',
        '  c: { generate: "c ${default(a, \\"none\\")} ${steps.a.status}" }',
      ].join('\n'),
      'save: { to: out.jsonl, fields: { a: "${a}", b: "${b}", c: "${c}" } }',
    );
    const { ollama } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>` });
    await allEvents(workflow, { hosts: [ollama] });
    expect(await readJsonl(workflow.saveTo as string)).toEqual([
      { key: '0', a: null, b: null, c: '<c none skipped>' },
      { key: '1', a: '<a 1>', b: '<b <a 1>>', c: '<c <a 1> ok>' },
    ]);
  });

  test('steps that do not need each other run side by side', async () => {
    const { workflow } = await overRows(
      1,
      '  a: { generate: A }\n  b: { generate: B }\n  c: { generate: "${a} ${b}" }',
    );
    const { ollama, fake } = await fakeHost({ tokenMs: 5 });
    await allEvents(workflow, { hosts: [ollama] });
    expect(fake.maxAsked).toBe(2);
  });

  test('an expect that cannot be evaluated compares nothing, and fails nothing', async () => {
    const { workflow } = await overRows(
      2,
      '  a: { generate: "${row.id}", expect: "${row.text.substring(6 / int(row.id))}" }',
    );
    const { ollama } = await fakeHost();
    const state = (await allEvents(workflow, { hosts: [ollama] })).reduce(reduceRun, initialRun);
    expect(state.counts).toMatchObject({ ok: 2, failed: 0 });
    expect(state.labels.a?.compared).toBe(1);
  });

  test('expect compares without failing anything, and the fold tells the accuracy', async () => {
    const { workflow } = await overRows(
      4,
      '  a: { generate: "${row.id}", expect: "${row.id == \\"3\\" ? \\"odd\\" : \\"even\\"}" }',
    );
    const { ollama } = await fakeHost({ answer: ({ lastText }) => (Number(lastText) % 2 === 0 ? 'even' : 'odd') });
    const state = (await allEvents(workflow, { hosts: [ollama] })).reduce(reduceRun, initialRun);
    expect(state.counts).toEqual({ rows: 4, ok: 4, degraded: 0, failed: 0, skipped: 0 });
    expect(state.labels).toEqual({
      a: {
        counts: { even: 2, odd: 2 },
        compared: 4,
        right: 3,
        confusion: { even: { even: 2, odd: 1 }, odd: { odd: 1 } },
      },
    });
  });
});

describe('what goes wrong', () => {
  test('a row that fails is a value: the others go on, and the save leaves it out', async () => {
    const { workflow } = await overRows(
      5,
      '  a: { generate: "${row.id}" }',
      'save: { to: out.jsonl, fields: { a: "${a}" } }',
    );
    const { ollama } = await fakeHost({
      faults: ({ body }) =>
        (body as { prompt: string } | undefined)?.prompt === '2'
          ? { kind: 'status', status: 400, body: { error: 'no' } }
          : undefined,
    });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { rows: 5, ok: 4, failed: 1, skipped: 0 } });
    expect(ofType(events, 'row-end').find(({ key }) => key === '2')?.error).toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringMatching(/Step `a` of row `2` failed: /),
      cause: { code: 'BAD_REQUEST' },
    });
    expect((await readJsonl(workflow.saveTo as string)).map(({ key }) => key)).toEqual(['0', '1', '3', '4']);
  });

  test('a failed step stops the other steps of its row', async () => {
    const { workflow } = await overRows(1, '  slow: { generate: slow }\n  bad: { generate: bad }');
    const { ollama, fake } = await fakeHost({
      faults: ({ body }) =>
        (body as { prompt: string }).prompt === 'slow'
          ? { kind: 'stall', afterTokens: 1 }
          : { kind: 'status', status: 400, body: { error: 'no' } },
    });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { failed: 1 } });
    await fake.waitFor(() => fake.inFlight === 0);
  });

  test('busy, cut, crashed and malformed answers are tried again', async () => {
    const faults = [
      { kind: 'status', status: 503 },
      { kind: 'cut', afterTokens: 1 },
      { kind: 'error-line', afterTokens: 1 },
      { kind: 'garbage', afterTokens: 1 },
      { kind: 'reset' },
    ] as const;
    const { workflow } = await overRows(1, '  a: { generate: "${row.id}" }');
    const { ollama, fake } = await fakeHost({ faults, answer: () => 'one two three' });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 1 } });
    expect(ofType(events, 'step-retry').map(({ error }) => error.code)).toEqual([
      'OLLAMA_BUSY',
      'STREAM_TRUNCATED',
      'RUNNER_CRASHED',
      'LINE_MALFORMED',
      'OLLAMA_UNREACHABLE',
    ]);
    expect(ofType(events, 'step-start').map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(fake.asked).toBe(6);
  }, 20_000);

  test('a server that asks for a pause is not asked again before it is over', async () => {
    const { workflow } = await overRows(1, '  a: { generate: "${row.id}" }');
    const asked: number[] = [];
    const { ollama } = await fakeHost({
      faults: (_, n) => {
        asked.push(performance.now());
        if (n > 0) return undefined;
        return { kind: 'status', status: 429, body: { error: 'too many requests' }, headers: { 'retry-after': '1' } };
      },
    });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 1 } });
    expect(ofType(events, 'step-retry')).toMatchObject([{ delayMs: 1125, error: { code: 'OLLAMA_BUSY' } }]);
    const [first = 0, second = 0, ...more] = asked;
    expect(second - first).toBeGreaterThan(1000);
    expect(more).toEqual([]);
  });

  test('a pause of two hours is cut to five minutes and not an error', async () => {
    const { workflow } = await overRows(1, '  a: { generate: "${row.id}" }');
    const { ollama, fake } = await fakeHost({
      faults: () => ({ kind: 'status', status: 503, headers: { 'retry-after': '7200' } }),
    });
    const events$ = runWorkflow(workflow, { hosts: [ollama], random: () => 0 });
    const retry = await firstValueFrom(events$.pipe(filter(({ type }) => type === 'step-retry')));
    expect(retry).toMatchObject({ delayMs: 300_125 });
    expect(fake.asked).toBe(1);
  });

  test('a cut answer is asked for once more with twice the room, then fails with its text', async () => {
    const { workflow } = await overRows(1, '  a: { generate: "${row.id}", options: { num_predict: 3 } }');
    const { ollama, fake } = await fakeHost({ answer: () => 'a b c d e f g h i j k l' });
    const events = await allEvents(workflow, { hosts: [ollama] });
    expect(fake.requests.map((request) => bodyOf(request).options)).toEqual([
      { num_ctx: 2048, num_predict: 3 },
      { num_ctx: 2048, num_predict: 6 },
    ]);
    expect(ofType(events, 'row-end')[0]?.error?.cause).toMatchObject({
      code: 'OUTPUT_TRUNCATED',
      message: expect.stringMatching(/cut after 6 tokens/),
    });
  });

  test('an answer that does not fit is asked for again with what is wrong with it, the last one only', async () => {
    const answers = ['no json', '{"n":"x"}', '{"n":1}'];
    const steps = (options: string) => `  a: { generate: "\${row.id}", returns: { n: number }${options} }`;
    const drawn = await fakeHost({ answer: () => answers.shift() ?? '' });
    const events = await allEvents((await overRows(1, steps(''))).workflow, { hosts: [drawn.ollama] });
    expect(ofType(events, 'step-end')).toMatchObject([{ value: { n: 1 } }]);
    expect(ofType(events, 'step-retry').map(({ error }) => error.message)).toEqual([
      expect.stringMatching(/it is not JSON\. It was: "no json"/),
      expect.stringMatching(/n must be number\. It was: "\{\\"n\\":\\"x\\"\}"/),
    ]);
    const [first, second, third] = drawn.fake.requests.map((request) => bodyOf(request).prompt);
    expect(first).toBe('0');
    expect(second).toBe(
      '0\n\nYour answer was:\nno json\n\nThis answer cannot be used: it is not JSON. Answer again, and give nothing but the corrected answer.',
    );
    expect(third).toMatch(/^0\n\nYour answer was:\n\{"n":"x"\}\n\nThis answer cannot be used: n must be number\./);
    // Also at temperature 0: it is another request.
    const fixed = await fakeHost({ answer: () => 'no json' });
    const failing = await allEvents((await overRows(1, steps(', options: { temperature: 0 }'))).workflow, {
      hosts: [fixed.ollama],
    });
    expect(fixed.fake.asked).toBe(3);
    expect(ofType(failing, 'row-end')[0]).toMatchObject({
      status: 'failed',
      answer: 'no json',
      error: { cause: { code: 'ANSWER_INVALID' } },
    });
  });

  test('an empty answer is asked for again only where it can differ', async () => {
    for (const [options, calls] of [
      ['{ temperature: 0 }', 1],
      ['{ seed: 1 }', 1],
      ['{ temperature: 1 }', 3],
    ] as const) {
      const { workflow } = await overRows(1, `  a: { generate: x, options: ${options} }`);
      const { ollama, fake } = await fakeHost({ faults: () => ({ kind: 'empty' }) });
      await allEvents(workflow, { hosts: [ollama] });
      expect(fake.asked).toBe(calls);
    }
  });

  test('a JSON answer that is whole counts, also where the limit fell right behind it', async () => {
    const { workflow } = await overRows(1, '  a: { generate: x, returns: { n: number } }');
    const { ollama } = await fakeHost({
      answer: () => ({ tokens: ['{"n"', ':1}', ' '] }),
      faults: [{ kind: 'length', afterTokens: 2 }],
    });
    expect(ofType(await allEvents(workflow, { hosts: [ollama] }), 'step-end')).toMatchObject([{ value: { n: 1 } }]);
  });

  test('a number that was cut is never taken for a whole one', async () => {
    const { workflow } = await overRows(1, '  a: { generate: x, returns: number, options: { temperature: 0 } }');
    const { ollama } = await fakeHost({
      answer: () => ({ tokens: ['12', '3'] }),
      faults: () => ({ kind: 'length', afterTokens: 1 }),
    });
    const [end] = ofType(await allEvents(workflow, { hosts: [ollama] }), 'row-end');
    expect(end).toMatchObject({ status: 'failed', error: { cause: { code: 'OUTPUT_TRUNCATED' } } });
  });

  test('a prompt that does not fit the window is an error of its row, never cut', async () => {
    const { workflow } = await overRows(1, `  a: { generate: "${'word '.repeat(50)}", options: { num_ctx: 16 } }`);
    const { ollama } = await fakeHost();
    const [end] = ofType(await allEvents(workflow, { hosts: [ollama] }), 'row-end');
    expect(end).toMatchObject({ status: 'failed', error: { cause: { code: 'CONTEXT_OVERFLOW' } } });
  });

  test('an expression that fails at run time fails its row only', async () => {
    const { workflow } = await overRows(2, '  a: { generate: "${int(row.text.substring(5)) / int(row.id)}" }');
    const { ollama } = await fakeHost();
    const ends = ofType(await allEvents(workflow, { hosts: [ollama] }), 'row-end');
    expect(ends.find(({ key }) => key === '0')).toMatchObject({
      status: 'failed',
      error: { cause: { code: 'EXPRESSION_FAILED', message: expect.stringMatching(/not a finite number/) } },
    });
    expect(ends.find(({ key }) => key === '1')?.error?.message).toBeUndefined();
  });

  test('a host that is gone fails the rows after its retries, and the run still ends', async () => {
    const { workflow } = await overRows(2, '  a: { generate: "${row.id}" }');
    const nobody = createOllama({ baseUrl: 'http://127.0.0.1:9' });
    const events = await allEvents(workflow, { hosts: [nobody] });
    expect(events.at(-1)).toMatchObject({ counts: { rows: 2, failed: 2 } });
    expect(ofType(events, 'step-retry')).toHaveLength(10);
  }, 30_000);
});

describe('flow', () => {
  test('never has more calls in flight than parallel says, and uses all of them', async () => {
    for (const parallel of [1, 3]) {
      const { workflow } = await overRows(20, '  a: { generate: "${row.id}" }');
      const { ollama, fake } = await fakeHost({ tokenMs: 1, answerTokens: 3 });
      await allEvents(workflow, { hosts: [ollama], parallel });
      expect(fake.maxAsked).toBe(parallel);
    }
  });

  test('limits.parallel of the file counts where the caller says nothing', async () => {
    const { workflow } = await overRows(12, '  a: { generate: "${row.id}" }', 'limits: { parallel: 2 }\n');
    const { ollama, fake } = await fakeHost({ tokenMs: 1, answerTokens: 3 });
    await allEvents(workflow, { hosts: [ollama] });
    expect(fake.maxAsked).toBe(2);
  });

  test('shares the rows among hosts, the slower one getting fewer', async () => {
    const { workflow } = await overRows(40, '  a: { generate: "${row.id}" }');
    const [fast, slow] = [
      await fakeHost({ tokenMs: 1, answerTokens: 3 }),
      await fakeHost({ tokenMs: 20, answerTokens: 3 }),
    ];
    const events = await allEvents(workflow, { hosts: [fast.ollama, slow.ollama], parallel: 2 });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 40 } });
    expect(fast.fake.asked + slow.fake.asked).toBe(40);
    expect(slow.fake.asked).toBeGreaterThan(0);
    expect(fast.fake.asked).toBeGreaterThan(slow.fake.asked);
  });

  test('a slow row holds back the lines behind it, but no other row', async () => {
    const { workflow } = await overRows(500, '  a: { generate: "${row.id}" }');
    const { ollama } = await fakeHost({
      faults: ({ body }) => ((body as { prompt?: string })?.prompt === '3' ? { kind: 'stall' } : undefined),
    });
    const lines: string[] = [];
    const stdout = { write: async (text: string) => void lines.push(text), close: async () => {} };
    const interrupt = new Subject<void>();
    const ids = () => lines.join('').match(/(?<="id":")\d+/g);
    let ended = 0;
    const run = lastValueFrom(
      runWorkflow(workflow, { hosts: [ollama], parallel: 2, stdout, interrupt }).pipe(
        tap((event) => {
          if (event.type !== 'row-end' || ++ended < 499) return;
          expect(ids()).toEqual(['0', '1', '2']);
          interrupt.next();
        }),
      ),
    );
    // What waited for it is there in the end.
    expect(await run).toMatchObject({ status: 'interrupted', counts: { rows: 499, ok: 499 } });
    expect(ids()?.slice(2, 5)).toEqual(['2', '4', '5']);
    expect(ids()).toHaveLength(499);
  });

  test('unsubscribing closes every call on the server, and closes the file', async () => {
    const { workflow } = await overRows(20, '  a: { generate: "${row.id}" }', 'save: { to: out.jsonl }\n');
    const { ollama, fake } = await fakeHost({ faults: () => ({ kind: 'stall', afterTokens: 1 }) });
    const subscription = runWorkflow(workflow, { hosts: [ollama], parallel: 4 }).subscribe();
    await fake.waitFor(
      () => fake.requests.filter(({ events }) => events.some(({ type }) => type === 'firstByte')).length === 4,
    );
    subscription.unsubscribe();
    await fake.waitFor(() => fake.inFlight === 0);
    expect(fake.asked).toBe(4);
  });

  test('an interrupt drops the rows in flight, saves what is done and ends as interrupted', async () => {
    const { workflow } = await overRows(
      30,
      '  a: { generate: "${row.id}" }',
      'save: { to: out.jsonl, fields: { a: "${a}" } }\n',
    );
    // Row 3 never answers: rows behind it are done, and wait for their turn to be written.
    const { ollama, fake } = await fakeHost({
      faults: ({ body }) => ((body as { prompt?: string })?.prompt === '3' ? { kind: 'stall' } : undefined),
    });
    const interrupt = new Subject<void>();
    const run = firstValueFrom(runWorkflow(workflow, { hosts: [ollama], parallel: 2, interrupt }).pipe(toArray()));
    await fake.waitFor(() => fake.inFlight === 1 && fake.asked >= 10);
    interrupt.next();
    const events = await run;
    const end = events.at(-1);
    expect(end).toMatchObject({ type: 'run-end', status: 'interrupted' });
    const saved = await readJsonl(workflow.saveTo as string);
    expect(saved.map(({ key }) => key)).not.toContain('3');
    expect(saved).toHaveLength(end?.type === 'run-end' ? end.counts.ok : -1);
    await fake.waitFor(() => fake.inFlight === 0);
  });

  test('a run is cold: nothing is read, written or sent before it is subscribed to, and it can be run again', async () => {
    const { workflow } = await overRows(2, '  a: { generate: "${row.id}" }', 'save: { to: out.jsonl }\n');
    const { ollama, fake } = await fakeHost();
    const run = runWorkflow(workflow, { hosts: [ollama] });
    await expect(readFile(workflow.saveTo as string)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(fake.asked).toBe(0);
    const first = await firstValueFrom(run.pipe(toArray()));
    const lines = await readFile(workflow.saveTo as string, 'utf8');
    const second = await firstValueFrom(run.pipe(toArray()));
    expect(await readFile(workflow.saveTo as string, 'utf8')).toBe(lines);
    // The model is loaded by now.
    const typesOf = (events: readonly RunEvent[]) =>
      events
        .map(({ type }) => type)
        .filter((type) => type !== 'model-load')
        .sort();
    expect(typesOf(second)).toEqual(typesOf(first));
  });

  test('keys never cross: under faults and any order each row gets its own answer', async () => {
    const { workflow } = await overRows(
      300,
      '  a: { generate: "a${row.id}" }\n  b: { chat: [{ user: "b${a}" }], when: "${!row.id.endsWith(\\"7\\")}" }',
      'save: { to: out.jsonl, fields: { id: "${row.id}", a: "${a}", b: "${b}" } }\n',
    );
    const { ollama } = await fakeHost({
      slots: 16,
      answer: async ({ lastText }) => {
        await new Promise((resolve) => setTimeout(resolve, (Number(/\d+/.exec(lastText)) * 7919) % 5));
        return `<${lastText}>`;
      },
      faults: randomFaults({ seed: 5, rate503: 0.05, rateMidstream: 0.03 }),
    });
    const events = await allEvents(workflow, { hosts: [ollama], parallel: 16 });
    expect(events.at(-1)).toMatchObject({ counts: { rows: 300, ok: 300 } });
    const lines = await readJsonl(workflow.saveTo as string);
    expect(lines).toEqual(
      Array.from({ length: 300 }, (_, id) => ({
        key: `${id}`,
        id: `${id}`,
        a: `<a${id}>`,
        b: id % 10 === 7 ? null : `<b<a${id}>>`,
      })),
    );
  }, 60_000);
});

describe('results', () => {
  test('a csv has key and the fields; cells that a spreadsheet would run are made harmless', async () => {
    const { workflow } = await overRows(
      2,
      '  a: { generate: "${row.id}" }',
      'save: { to: out/deep/out.csv, fields: { a: "${a}", n: "${1 + 1}", none: "${null}", list: "${[1]}" } }\n',
    );
    const { ollama } = await fakeHost({ answer: ({ lastText }) => (lastText === '0' ? '=1+1' : 'a "b", c\nd') });
    await allEvents(workflow, { hosts: [ollama] });
    expect(await readFile(workflow.saveTo as string, 'utf8')).toBe(
      `key,a,n,none,list\n0,'=1+1,2,,[1]\n1,"a ""b"", c\nd",2,,[1]\n`,
    );
  });

  test('without fields a line has the columns of the row and every step', async () => {
    const { workflow } = await overRows(1, '  a: { generate: A }\n  b: { generate: B }', 'save: { to: out.jsonl }\n');
    const { ollama } = await fakeHost({ answer: ({ lastText }) => lastText });
    await allEvents(workflow, { hosts: [ollama] });
    expect(await readJsonl(workflow.saveTo as string)).toEqual([{ key: '0', id: '0', text: 'text 0', a: 'A', b: 'B' }]);
  });

  test('a file that Millrace did not write is never replaced, and nothing is sent', async () => {
    const { workflow } = await overRows(1, '  a: { generate: A }', 'save: { to: mine.jsonl }\n');
    await writeFile(workflow.saveTo as string, 'my notes');
    const { ollama, fake } = await fakeHost();
    await expect(allEvents(workflow, { hosts: [ollama] })).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringMatching(/was not written by Millrace/),
    });
    expect(await readFile(workflow.saveTo as string, 'utf8')).toBe('my notes');
    expect(fake.asked).toBe(0);
  });

  test('a place that cannot be written to stops the run with the cause', async () => {
    const { workflow } = await overRows(40, '  a: { generate: A }');
    const { ollama, fake } = await fakeHost();
    const stdout = { write: () => Promise.reject(new Error('disk full')), close: async () => {} };
    await expect(allEvents(workflow, { hosts: [ollama], stdout })).rejects.toThrow('disk full');
    await fake.waitFor(() => fake.inFlight === 0);
  });
});
