import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runWorkflow } from '@millrace/runner';
import { lastValueFrom, take, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** A workflow of these steps; what it is worth. */
async function single(steps: string, options: Parameters<typeof fakeHost>[0] = {}) {
  const folder = await folderWith({ 'w.yaml': `model: m\nsteps:\n${steps}\n` });
  const workflow = await loaded(join(folder, 'w.yaml'));
  const { ollama, fake } = await fakeHost(options);
  const events = await allEvents(workflow, { hosts: [ollama] });
  return { events, fake, workflow, value: (events.at(-1) as { value?: unknown }).value };
}

const causeOf = (events: Awaited<ReturnType<typeof single>>['events']) => ofType(events, 'row-end')[0]?.error?.cause;

describe('set', () => {
  test('gives its body, asks nobody, and takes no time of a lane', async () => {
    const { value, fake, events } = await single(
      '  a: { set: { n: "${1 + 1}", list: [1, "${\\"x\\"}"] } }\n  b: { set: "${a.n * 2}" }',
    );
    expect(value).toBe(4);
    expect(fake.asked).toBe(0);
    expect(ofType(events, 'step-start').every(({ host }) => host === undefined)).toBe(true);
    expect(ofType(events, 'step-end')[0]).toEqual({
      type: 'step-end',
      key: 'run',
      index: 0,
      step: 'a',
      status: 'ok',
      value: { n: 2, list: [1, 'x'] },
    });
  });

  test('a workflow of such steps needs no host', async () => {
    const folder = await folderWith({
      'w.yaml': 'steps: { a: { set: 3 } }\n',
      'm.yaml': 'model: m\nsteps: { a: { generate: x } }\n',
    });
    expect((await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] })).at(-1)).toMatchObject({ value: 3 });
    const events = await allEvents(await loaded(join(folder, 'm.yaml')), { hosts: [] });
    expect(causeOf(events)).toMatchObject({ code: 'HOST_MISSING' });
  });

  test('does not wait for a lane that is taken', async () => {
    const folder = await folderWith({
      'w.yaml': 'model: m\nsteps:\n  slow: { generate: x }\n  quick: { set: 1 }\n  both: { set: "${slow} ${quick}" }\n',
    });
    const { ollama } = await fakeHost({ faults: () => ({ kind: 'stall' }) });
    const run$ = runWorkflow(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], parallel: 1 });
    const events = await lastValueFrom(run$.pipe(take(4), toArray()));
    expect(ofType(events, 'step-end')).toMatchObject([{ step: 'quick', value: 1 }]);
  });

  test('a chain of a thousand of them does not end the stack', async () => {
    const chain = Array.from(
      { length: 1000 },
      (_, n) => `  s${n}: { set: "${n === 0 ? '${0}' : `\${s${n - 1} + 1}`}" }`,
    );
    expect((await single(chain.join('\n'))).value).toBe(999);
  }, 30_000);
});

describe('split', () => {
  test('cuts a text into a list, by the numbers given or their defaults', async () => {
    const text = 'One two three. '.repeat(40);
    const { value } = await single(`  a: { split: { text: "${text}", tokens: 20 } }`);
    expect((value as string[]).length).toBeGreaterThan(5);
    expect((value as string[]).join(' ')).toBe(text.trim());
    expect((await single(`  a: { split: "${text}" }`)).value).toEqual([text.trim()]);
  });

  test('refuses what is no text, and an overlap as large as a piece', async () => {
    expect(
      causeOf((await single('  t: { set: 3 }\n  a: { split: { text: x, tokens: 5, overlap: 5 } }')).events),
    ).toMatchObject({
      code: 'EXPRESSION_FAILED',
      message: expect.stringContaining('less than `tokens` (5)'),
    });
  });
});

describe('embed', () => {
  const models = { models: [{ name: 'm', capabilities: ['embedding'] as string[] }] } as Parameters<typeof fakeHost>[0];

  test('one text gives its vector, never cut in silence', async () => {
    const { value, fake, events } = await single('  a: { embed: hello, keep_alive: 5m }', models);
    expect(fake.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/api/embed', { model: 'm', input: 'hello', truncate: false, keep_alive: '5m' }],
    ]);
    expect((value as number[]).every(Number.isFinite)).toBe(true);
    expect(ofType(events, 'step-end')[0]?.usage?.promptTokens).toBeGreaterThan(0);
  });

  test('a list is one call, and its vectors stand in its order', async () => {
    const { value, fake } = await single(
      '  l: { set: [hello, world] }\n  a: { embed: "${l}" }\n  b: { embed: "world" }\n  c: { set: { list: "${a}", one: "${b}" } }',
      models,
    );
    const { list, one } = value as { list: number[][]; one: number[] };
    expect(list).toHaveLength(2);
    expect(list[1]).toEqual(one);
    expect(fake.asked).toBe(2);
  });

  test('an empty list asks nobody; an empty text is refused, for it would load the model and give nothing', async () => {
    const none = await single('  l: { set: [] }\n  a: { embed: "${l}" }', models);
    expect(none.value).toEqual([]);
    expect(none.fake.asked).toBe(0);
    const empty = await single('  l: { set: [x, " "] }\n  a: { embed: "${l}" }', models);
    expect(causeOf(empty.events)).toMatchObject({ code: 'EXPRESSION_FAILED' });
  });
});
