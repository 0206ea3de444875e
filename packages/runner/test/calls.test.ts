import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { answer } from '@millrace/core';
import { builtInKinds, defineStepKind, openJournal, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import type { FakeOllamaOptions } from '@millrace/testing';
import { lastValueFrom, map, Subject, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** Runs steps over rows of text, or once without rows, and says the calls. */
async function run(
  steps: string,
  rows: readonly string[],
  options: FakeOllamaOptions = {},
  world: Partial<World> = {},
) {
  const lines = rows.map((text, id) => JSON.stringify({ id: String(id), text }));
  const each = rows.length > 0 ? 'each: { from: rows.jsonl, key: "${row.id}" }\nsave: { to: out.jsonl }\n' : '';
  const folder = await folderWith({
    'rows.jsonl': `${lines.join('\n')}\n`,
    'w.yaml': `model: m\n${each}steps:\n${steps}\n`,
  });
  const { ollama, fake } = await fakeHost(options);
  const workflow = await loaded(join(folder, 'w.yaml'));
  const events = await allEvents(workflow, { hosts: [ollama], calls: true, deltas: false, ...world });
  return { folder, workflow, ollama, fake, events };
}

const placeOf = (event: RunEvent): string => {
  const { key, step, element, round, piece, attempt } = event as Extract<RunEvent, { type: 'call-start' }>;
  return JSON.stringify([key, step, element, round, piece, attempt]);
};

/** Each call begins right behind its attempt and ends once, before its step goes on. */
function expectPairs(events: readonly RunEvent[]): void {
  const open = new Set<string>();
  for (const [index, event] of events.entries()) {
    if (event.type === 'call-start') {
      expect(events[index - 1]).toMatchObject({ type: 'step-start', host: event.host });
      expect(placeOf(events[index - 1] as RunEvent)).toBe(placeOf(event));
      expect(open.has(placeOf(event))).toBe(false);
      open.add(placeOf(event));
    }
    if (event.type === 'step-start' && event.host !== undefined)
      expect(events[index + 1]).toMatchObject({ type: 'call-start' });
    if (event.type === 'call-end') expect(open.delete(placeOf(event))).toBe(true);
    if (event.type === 'step-retry') expect(open.has(placeOf(event))).toBe(false);
  }
  expect([...open]).toEqual([]);
}

const howOf = (events: readonly RunEvent[]) =>
  ofType(events, 'call-end').map(({ attempt, status, error }) => [attempt, status, error?.code]);

describe('a run with calls: true', () => {
  test('says each request to a model, with its kind, model, tokens and why it stopped', async () => {
    const { events, fake } = await run(
      `  a: { generate: "\${row.text}" }
  b: { chat: [{ user: "\${a}" }], options: { num_predict: 2 }, retry: { length: 0 }, on_error: skip }
  c: { embed: "\${row.text}" }
  d: { set: "\${a}" }`,
      ['x'],
      {
        models: [{ name: 'm', capabilities: ['completion', 'embedding'] }],
        answer: () => 'one two three',
      },
    );
    expectPairs(events);
    expect(
      ofType(events, 'call-start')
        .map(({ step, kind, model, host }) => [step, kind, model, host])
        .sort(),
    ).toEqual([
      ['a', 'generate', 'm', fake.url],
      ['b', 'chat', 'm', fake.url],
      ['c', 'embed', 'm', fake.url],
    ]);
    const ends = Object.fromEntries(ofType(events, 'call-end').map((end) => [end.step, end]));
    expect(ends.a).toMatchObject({ status: 'ok', doneReason: 'stop', usage: { outputTokens: 3 } });
    expect(ends.b).toMatchObject({
      status: 'failed',
      doneReason: 'length',
      usage: { outputTokens: 2 },
      error: { code: 'OUTPUT_TRUNCATED' },
    });
    expect(ends.c).toMatchObject({ status: 'ok', usage: { outputTokens: 0 } });
    expect(ends.c).not.toHaveProperty('doneReason');
  });

  test('says as many as the server hears, and all tokens that the run counts, whatever goes wrong', async () => {
    const { events, fake } = await run(
      '  a: { for: "${[1.0, 2.0, 3.0]}", generate: "${item} ${row.text}", returns: { n: number }, retry: { invalid: 2, busy: 20, cut: 5 } }',
      Array.from({ length: 6 }, (_, id) => `${id}`),
      {
        // Wrong once: what is asked again says what was wrong.
        answer: ({ lastText }) => (/^2/.test(lastText) && !lastText.includes('was:') ? 'no number' : '{"n": 1}'),
        faults: (_, asked) => {
          if (asked % 7 === 1) return { kind: 'status', status: 503, body: { error: 'busy' } };
          return asked % 11 === 2 ? { kind: 'cut', afterTokens: 1 } : undefined;
        },
      },
    );
    expectPairs(events);
    expect(ofType(events, 'call-start')).toHaveLength(fake.requests.length);
    expect(new Set(ofType(events, 'call-end').map(({ error }) => error?.code)).size).toBeGreaterThan(2);
    const tokens = ofType(events, 'call-end').reduce((sum, { usage }) => sum + (usage?.outputTokens ?? 0), 0);
    expect(tokens).toBe(ofType(events, 'run-end')[0]?.tokens.outputTokens);
  });

  test('names each attempt, and an answer that was refused has failed with its tokens', async () => {
    const answers = ['no number', '{"n": 1}'];
    const { events } = await run('  a: { generate: "A", returns: { n: number } }', [], {
      answer: () => answers.shift() ?? '',
    });
    expectPairs(events);
    expect(howOf(events)).toEqual([
      [1, 'failed', 'ANSWER_INVALID'],
      [2, 'ok', undefined],
    ]);
    expect(ofType(events, 'call-end')[0]).toMatchObject({ doneReason: 'stop', usage: { outputTokens: 2 } });
  });

  test('says of a call that is made again in a larger window that it was widened', async () => {
    const { events } = await run('  a: { generate: "${row.text}", options: { num_predict: 20 } }', ['long', 'short'], {
      faults: ({ body }) => {
        const { prompt, options } = body as { prompt: string; options: { num_ctx: number } };
        if (prompt === 'short' || options.num_ctx > 2048) return undefined;
        const message = 'request (2100 tokens) exceeds the available context size (2048 tokens), try increasing it';
        const error = JSON.stringify({
          error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: 2100, n_ctx: 2048 },
        });
        return { kind: 'status', status: 400, body: { error } };
      },
    });
    expectPairs(events);
    expect(events.at(-1)).toMatchObject({ counts: { ok: 2, failed: 0 } });
    const long = ofType(events, 'call-end').filter(({ key }) => key === '0');
    expect(long.map(({ status }) => status)).toEqual(['widened', 'ok']);
    expect(long[0]).not.toHaveProperty('error');
  });

  test('says nothing of answers that are there already, nor of those of an equal call', async () => {
    const { folder, workflow, ollama, events } = await run(
      '  a: { generate: "the same", options: { temperature: 0 } }',
      ['x', 'y', 'z'],
      { tokenMs: 1 },
    );
    expectPairs(events);
    expect(ofType(events, 'call-start')).toHaveLength(1);
    const journal = await openJournal(join(folder, '.millrace', 'journal.db'));
    try {
      const world = { hosts: [ollama], journal, calls: true };
      expect(ofType(await allEvents(workflow, world), 'call-start')).toHaveLength(1);
      expect(ofType(await allEvents(workflow, world), 'call-start')).toHaveLength(0);
    } finally {
      journal.close();
    }
  });

  test('with a rate begins a call when its turn has come', async () => {
    const { events } = await run('  a: { generate: "${row.text}" }\nlimits: { rate: 600/min }', ['x', 'y', 'z']);
    expectPairs(events);
    expect(ofType(events, 'call-end').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });

  test('says the calls of the groups of a reduce, and those of a kind of the user', async () => {
    const shout = defineStepKind<string>({
      kind: 'shout',
      schema: { type: 'string' },
      run: (text, { ollama, model }) =>
        ollama.generate({ model, prompt: text.toUpperCase() }).pipe(
          answer(),
          map(({ content, thinking, usage }) => ({
            type: 'output' as const,
            output: { text: content, thinking, usage, truncated: false, messages: [] },
          })),
        ),
    });
    const kinds = [...builtInKinds, shout];
    const folder = await folderWith({
      'rows.jsonl': '{"id":"1"}\n{"id":"2"}\n',
      'w.yaml':
        'model: m\neach: { from: rows.jsonl, key: "${row.id}" }\nsteps:\n  a: { shout: "${row.id}" }\n  sum: { over: a, generate: "${items.join(\' \')}" }\nsave: { to: out.jsonl }\n',
    });
    const { ollama } = await fakeHost();
    const workflow = await loaded(join(folder, 'w.yaml'), { kinds });
    const events = await allEvents(workflow, { hosts: [ollama], kinds, calls: true });
    expectPairs(events);
    expect(ofType(events, 'run-start')[0]?.reduces).toEqual(['sum']);
    const started = ofType(events, 'call-start').map(({ key, step, kind }) => [key, step, kind]);
    expect(started.sort()).toEqual([
      ['1', 'a', 'shout'],
      ['2', 'a', 'shout'],
      ['all', 'sum', 'generate'],
    ]);
    for (const end of ofType(events, 'call-end').filter(({ step }) => step === 'a'))
      expect(end).not.toHaveProperty('doneReason');
  });

  test('that is interrupted says no end of the calls that it drops', async () => {
    const folder = await folderWith({ 'w.yaml': 'model: m\nsteps: { a: { generate: A } }\n' });
    const { ollama, fake } = await fakeHost({ faults: () => ({ kind: 'stall' }) });
    const interrupt = new Subject<void>();
    const events = await lastValueFrom(
      runWorkflow(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], interrupt, calls: true }).pipe(
        tap((event) => {
          if (event.type === 'call-start') queueMicrotask(() => interrupt.next());
        }),
        toArray(),
      ),
    );
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['call-start', 'run-end']));
    expect(ofType(events, 'call-end')).toEqual([]);
    expect(fake.running).toBe(0);
  });
});

test('a row that fails names the step that did', async () => {
  const { events } = await run('  a: { set: "${row.text}" }\n  b: { set: "${double(a)}" }\n  c: { generate: "${b}" }', [
    '1',
    'one',
  ]);
  expect(
    ofType(events, 'row-end')
      .map(({ key, status, step }) => [key, status, step])
      .sort(),
  ).toEqual([
    ['0', 'ok', undefined],
    ['1', 'failed', 'b'],
  ]);
});
