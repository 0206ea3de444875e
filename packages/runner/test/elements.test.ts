import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runWorkflow } from '@millrace/runner';
import { take } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

const flow = async (steps: string) =>
  loaded(join(await folderWith({ 'w.yaml': `model: m\nsteps:\n${steps}\n` }), 'w.yaml'));

const numbers = (count: number): string => `[${Array.from({ length: count }, (_, n) => n).join(', ')}]`;

test('elements use the lanes side by side, and their values keep the order of the list', async () => {
  const workflow = await flow(`  a: { for: ${numbers(12)}, generate: "\${item}" }`);
  const { ollama, fake } = await fakeHost({
    // The later an element, the sooner its answer.
    answer: async ({ lastText }) => {
      await new Promise((resolve) => setTimeout(resolve, 30 - 2 * Number(lastText)));
      return lastText;
    },
  });
  const events = await allEvents(workflow, { hosts: [ollama], parallel: 4 });
  expect(events.at(-1)).toMatchObject({ value: Array.from({ length: 12 }, (_, n) => String(n)) });
  expect(fake.maxAsked).toBe(4);
});

test('an element that fails ends the others, and their calls', async () => {
  const workflow = await flow('  a: { for: [slow, bad, slow], generate: "${item}" }');
  const { ollama, fake } = await fakeHost({
    faults: ({ body }) =>
      (body as { prompt: string }).prompt === 'slow'
        ? { kind: 'stall', afterTokens: 1 }
        : { kind: 'status', status: 400, body: { error: 'no' } },
  });
  const events = await allEvents(workflow, { hosts: [ollama], parallel: 3 });
  expect(ofType(events, 'row-end')).toMatchObject([{ status: 'failed', error: { cause: { code: 'BAD_REQUEST' } } }]);
  await fake.waitFor(() => fake.inFlight === 0);
});

test('unsubscribing in the middle of elements and rounds frees the server', async () => {
  const workflow = await flow(
    `  a: { for: ${numbers(50)}, generate: "\${item}", repeat: { until: "\${false}", max: 1000 } }`,
  );
  const { ollama, fake } = await fakeHost({ tokenMs: 1, answerTokens: 20 });
  await new Promise<void>((resolve) => {
    runWorkflow(workflow, { hosts: [ollama], parallel: 4 })
      .pipe(take(200))
      .subscribe({ complete: resolve });
  });
  await fake.waitFor(() => fake.inFlight === 0);
  const { asked } = fake;
  await new Promise((resolve) => setImmediate(resolve));
  expect(fake.asked).toBe(asked);
});

test('thousands of elements without a model are done in order, and not all at once', async () => {
  const workflow = await flow(
    `  l: { set: ${numbers(3000)} }\n  a: { for: "\${l}", set: "\${item + index}" }\n  n: { set: "\${[size(a), a[2999]]}" }`,
  );
  expect((await allEvents(workflow, { hosts: [] })).at(-1)).toMatchObject({ value: [3000, 5998] });
});

test('what an element is called shows in its events; the usage of the step is that of all', async () => {
  const workflow = await flow('  a: { for: [x, y], generate: "${item}" }');
  const { ollama } = await fakeHost({ answer: ({ lastText }) => `${lastText} ${lastText}` });
  const events = await allEvents(workflow, { hosts: [ollama], parallel: 1 });
  expect(ofType(events, 'step-start').map(({ element }) => element)).toEqual([0, 1]);
  expect(new Set(ofType(events, 'step-delta').map(({ element }) => element))).toEqual(new Set([0, 1]));
  const [end] = ofType(events, 'step-end');
  expect(end && 'element' in end).toBe(false);
  expect(events.at(-1)).toMatchObject({ tokens: { outputTokens: end?.usage?.outputTokens } });
});

test('a list that is none fails the step with what it was', async () => {
  const folder = await folderWith({
    'r.jsonl': '{"id":1,"l":[1]}\n{"id":2,"l":"x"}\n{"id":3}\n',
    'w.yaml':
      'each: { from: r.jsonl, key: "${row.id}" }\nmodel: m\nsteps: { a: { for: "${row.l}", set: "${item}" } }\n',
  });
  const ends = ofType(await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [] }), 'row-end');
  expect(ends.map(({ status }) => status)).toEqual(['ok', 'failed', 'failed']);
  expect(ends[1]?.error?.cause).toMatchObject({
    code: 'EXPRESSION_FAILED',
    message: '`for` gave "x", and must give a list.',
  });
});
