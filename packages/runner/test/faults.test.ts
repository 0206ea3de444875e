import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { type Clocks, createOllama, defaultClocks } from '@millrace/core';
import { openJournal, type RowEnd, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { type FakeOllama, type FakeOllamaOptions, randomFaults } from '@millrace/testing';
import { lastValueFrom, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

jest.setTimeout(60_000);

/** A workflow with one row, `r1`, unless others are given. */
async function place(steps: string, options: FakeOllamaOptions, rows: readonly object[] = [{ id: 'r1' }], more = '') {
  const yaml = `model: m\neach: { from: r.jsonl, key: "\${row.id}" }\n${more}steps:\n  ${steps}\nsave: { to: out.jsonl, errors: bad.jsonl }\n`;
  const folder = await folderWith({
    'w.yaml': yaml,
    'r.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  });
  const { ollama, fake } = await fakeHost(options);
  const workflow = await loaded(join(folder, 'w.yaml'));
  const run = (world: Partial<World> = {}): Promise<RunEvent[]> => allEvents(workflow, { hosts: [ollama], ...world });
  return { folder, fake, workflow, ollama, run, path: (name: string) => join(folder, name) };
}

interface Asked {
  readonly prompt?: string;
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly options?: { readonly num_predict?: number };
}

/** What the models were asked. */
const asked = (fake: FakeOllama): readonly Asked[] =>
  fake.requests.filter(({ path }) => /generate|chat/.test(path)).map(({ body }) => body as Asked);

const endOf = (events: readonly RunEvent[]): RowEnd => ofType(events, 'row-end')[0] as RowEnd;

test('a thousand rows are all right where two of a hundred calls are refused and one breaks off', async () => {
  const rows = Array.from({ length: 1000 }, (_, n) => ({ id: `k${n}`, text: `text ${n}` }));
  const faults = randomFaults({ seed: 7, rate503: 0.02, rateMidstream: 0.01 });
  const scene = await place(
    'a: { generate: "${row.text}" }',
    { faults, answer: ({ lastText }) => `<${lastText} and so on>` },
    rows,
  );
  // As it is used: nothing set but the hosts.
  const events = await lastValueFrom(runWorkflow(scene.workflow, { hosts: [scene.ollama] }).pipe(toArray()));
  expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 1000, ok: 1000, failed: 0 } });
  expect(await readJsonl(scene.path('out.jsonl'))).toEqual(
    rows.map(({ id, text }) => ({ key: id, id, text, a: `<${text} and so on>` })),
  );
  const codes = ofType(events, 'step-retry').map(({ error }) => error.code);
  expect(codes.filter((code) => code === 'OLLAMA_BUSY').length).toBeGreaterThan(5);
  expect(codes.filter((code) => code !== 'OLLAMA_BUSY').length).toBeGreaterThan(2);
  expect(scene.fake.asked).toBeLessThan(1100);
});

describe('an answer that was cut', () => {
  const answer = (): string => '{"words":"one two three four five six seven eight nine ten"}';

  test('is asked for again once, with twice the room, and not as one that does not fit', async () => {
    const { fake, run } = await place('a: { generate: x, returns: { words: string }, options: { num_predict: 16 } }', {
      answer,
    });
    const events = await run();
    expect(endOf(events)).toMatchObject({ status: 'ok' });
    expect(ofType(events, 'step-retry').map(({ error }) => error.code)).toEqual(['OUTPUT_TRUNCATED']);
    expect(asked(fake).map(({ options }) => options?.num_predict)).toEqual([16, 32]);
    // Nothing was wrong with it but its end.
    expect(asked(fake)[1]?.prompt).toBe('x');
  });

  test('twice fails the row with that error and the text so far', async () => {
    const { fake, run, path } = await place('a: { generate: x, options: { num_predict: 2 } }', { answer });
    expect(endOf(await run())).toMatchObject({
      status: 'failed',
      error: { cause: { code: 'OUTPUT_TRUNCATED', hint: expect.stringContaining('num_predict') } },
      answer: expect.stringContaining('{"words'),
      attempts: 2,
    });
    expect(asked(fake).map(({ options }) => options?.num_predict)).toEqual([2, 4]);
    expect((await readJsonl(path('bad.jsonl')))[0]).toMatchObject({ key: 'r1', answer: expect.stringMatching(/^\{/) });
  });

  test.each(['', ', options: { num_predict: -1 }'])(
    'by the end of the context, where no more room can be given%s, fails at once',
    async (options) => {
      const { fake, run } = await place(`a: { generate: x, returns: { words: string }${options} }`, {
        answer,
        faults: ({ path }) => (path === '/api/generate' ? { kind: 'length', afterTokens: 3 } : undefined),
      });
      expect(endOf(await run())).toMatchObject({ status: 'failed', error: { cause: { code: 'OUTPUT_TRUNCATED' } } });
      expect(asked(fake)).toHaveLength(1);
    },
  );
});

describe('an answer that does not fit', () => {
  const answers = ['{"score":"high"}', '{"score":[1]}', '{"score":3}'];
  const inTurn = (): FakeOllamaOptions => {
    let count = 0;
    return { answer: () => answers[count++] ?? 'nothing' };
  };

  test('is replaced by the next one in the prompt, with what was wrong with it', async () => {
    const { fake, run } = await place('a: { generate: How high?, returns: { score: number } }', inTurn());
    expect(endOf(await run())).toMatchObject({ status: 'ok' });
    const [first, second, third] = asked(fake).map(({ prompt }) => prompt ?? '');
    expect(first).toBe('How high?');
    expect(second).toContain(answers[0]);
    expect(second).toMatch(/cannot be used: .*score.*number/);
    expect(third).toContain(answers[1]);
    expect(third).not.toContain(answers[0]);
    expect(third?.match(/cannot be used/g)).toHaveLength(1);
  });

  test('is one turn of a talk, never two, and none of the talk that goes on', async () => {
    const { fake, run } = await place(
      'a: { chat: [{ user: How high? }], returns: { score: number } }\n  b: { continue: a, chat: [{ user: And now? }], on_error: skip }',
      inTurn(),
    );
    expect(endOf(await run())).toMatchObject({ status: 'ok' });
    const turns = asked(fake).map(({ messages = [] }) => messages.map(({ role }) => role).join(' '));
    expect(turns).toEqual(['user', 'user assistant user', 'user assistant user', 'user assistant user']);
    const contents = asked(fake).map(({ messages = [] }) => messages[1]?.content);
    expect(contents).toEqual([undefined, ...answers]);
    expect(asked(fake)[2]?.messages?.[2]?.content).toMatch(/cannot be used: .*score/);
    expect(asked(fake)[3]?.messages?.[2]?.content).toBe('And now?');
  });

  test('stays the one to mend when the call breaks off in between', async () => {
    let count = 0;
    const { fake, run } = await place('a: { generate: How high?, returns: { score: number } }', {
      answer: () => (count++ === 0 ? 'no idea' : '{"score":3}'),
      faults: [undefined, { kind: 'status', status: 503 }],
    });
    expect(endOf(await run())).toMatchObject({ status: 'ok' });
    const prompts = asked(fake).map(({ prompt }) => prompt);
    expect(prompts).toHaveLength(3);
    expect(prompts[2]).toBe(prompts[1]);
    expect(prompts[1]).toContain('no idea');
  });

  test('is not the answer of a retried row again: what was refused is asked anew, what was not is kept', async () => {
    let isWell = false;
    let good = 0;
    const scene = await place(
      'a: { generate: "first ${row.id}", returns: { score: number } }\n  b: { generate: "then ${a.score}", returns: { score: number } }',
      {
        answer: ({ prompt }) => {
          if (!prompt.startsWith('then')) return good++ === 0 ? 'not yet' : '{"score":1}';
          return isWell ? '{"score":2}' : 'never';
        },
      },
    );
    const journal = await openJournal(scene.path('journal.db'));
    const first = await scene.run({ journal });
    expect(endOf(first)).toMatchObject({ status: 'failed', error: { cause: { code: 'ANSWER_INVALID' } }, attempts: 3 });
    expect(asked(scene.fake)).toHaveLength(5);
    isWell = true;
    expect(endOf(await scene.run({ journal, retry: {} }))).toMatchObject({ status: 'ok' });
    expect(
      asked(scene.fake)
        .slice(5)
        .map(({ prompt }) => prompt),
    ).toEqual(['then 1']);
    journal.close();
  });
});

describe('a stream that falls silent', () => {
  const stalling: FakeOllamaOptions = {
    answer: () => 'one two three four five',
    faults: ({ path }) => (path === '/api/generate' ? { kind: 'stall', afterTokens: 2 } : undefined),
  };
  const withClocks = async (clocks: Clocks, more = '', step = 'a: { generate: x }') => {
    const scene = await place(step, stalling, undefined, more);
    const ollama = createOllama({ baseUrl: scene.fake.url, clocks });
    const events = await scene.run({ hosts: [ollama] });
    ollama.close();
    return { events, fake: scene.fake };
  };

  test('is ended by itself: there is a limit where nobody sets one', () => {
    expect(defaultClocks.idleMs).toBeGreaterThan(0);
    expect(defaultClocks.connectMs).toBeGreaterThan(0);
    expect(defaultClocks.firstByteMs).toBeGreaterThan(0);
  });

  test.each([
    ['the workflow says nothing', ''],
    ['the workflow sets another limit', 'limits: { total: 50s }\n'],
  ])('fails after one more try by the limit of the client, also where %s', async (_, more) => {
    const { events, fake } = await withClocks({ idleMs: 150 }, more);
    expect(endOf(events)).toMatchObject({
      status: 'failed',
      error: { cause: { code: 'TIMED_OUT', message: expect.stringContaining('150 ms (idleMs)') } },
      attempts: 2,
    });
    expect(asked(fake)).toHaveLength(2);
    await fake.waitFor(({ inFlight }) => inFlight === 0);
  });

  test('fails by the limit of the workflow, and of the step before that', async () => {
    const limits = await withClocks({}, 'limits: { idle: 100ms }\n');
    expect(endOf(limits.events).error?.cause?.message).toContain('100 ms (idleMs)');
    const own = await withClocks({}, 'limits: { idle: 100s }\n', 'a: { generate: x, idle: 120ms }');
    expect(endOf(own.events).error?.cause?.message).toContain('120 ms (idleMs)');
  });
});
