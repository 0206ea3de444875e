import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { initialRun, reduceRun } from '@millrace/runner';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

const flow = async (steps: string) =>
  loaded(join(await folderWith({ 'w.yaml': `model: m\nsteps:\n${steps}\n` }), 'w.yaml'));

/** A server that refuses prompts with `bad` in them. */
const refusing = () =>
  fakeHost({
    answer: ({ lastText }) => `<${lastText}>`,
    faults: ({ body }) =>
      (body as { prompt: string }).prompt.includes('bad')
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : undefined,
  });

test('a stand-in that two steps want runs once, and its value stands for both', async () => {
  const workflow = await flow(
    [
      '  a: { generate: bad A, on_error: { run: c } }',
      '  b: { generate: bad B, on_error: { run: c } }',
      '  c: { generate: C }',
      '  every: { set: "${[a, b, c]}" }',
    ].join('\n'),
  );
  const { ollama, fake } = await refusing();
  const events = await allEvents(workflow, { hosts: [ollama] });
  expect(events.at(-1)).toMatchObject({ counts: { ok: 1 }, value: ['<C>', '<C>', '<C>'] });
  expect(fake.asked).toBe(3);
});

test('a stand-in may stand in for a stand-in; where the last one fails the row fails with its error', async () => {
  const chain = (last: string) =>
    flow(
      `  a: { generate: bad A, on_error: { run: b } }\n  b: { generate: bad B, on_error: { run: c } }\n  c: { generate: ${last} }\n  d: { set: "\${a}" }`,
    );
  const { ollama } = await refusing();
  expect((await allEvents(await chain('C'), { hosts: [ollama] })).at(-1)).toMatchObject({ value: '<C>' });
  const failed = ofType(await allEvents(await chain('bad C'), { hosts: [ollama] }), 'row-end');
  expect(failed).toMatchObject([{ status: 'failed', error: { message: expect.stringContaining('Step `c`') } }]);
});

test('a stand-in waits for what it reads, and is skipped with it; so is the step it stands in for', async () => {
  const workflow = await flow(
    [
      '  a: { generate: bad A, on_error: { run: c } }',
      '  b: { generate: B, when: "${false}" }',
      '  c: { generate: "C ${b}" }',
      '  d: { set: "${default(a, \\"nothing\\")}" }',
    ].join('\n'),
  );
  const { ollama } = await refusing();
  const events = await allEvents(workflow, { hosts: [ollama] });
  expect(events.at(-1)).toMatchObject({ counts: { ok: 1 }, value: 'nothing' });
});

test('where the value of `use` cannot be had, the row fails', async () => {
  const { ollama } = await refusing();
  const broken = await flow('  n: { set: 0 }\n  a: { generate: bad, on_error: { use: "${string(1 / n)}" } }');
  expect(ofType(await allEvents(broken, { hosts: [ollama] }), 'row-end')).toMatchObject([
    { status: 'failed', error: { cause: { code: 'EXPRESSION_FAILED' } } },
  ]);
});

test('readers see what is known of a step that failed and went on', async () => {
  const { ollama } = await refusing();
  const known = await flow(
    '  a: { generate: bad, on_error: { use: none } }\n  b: { set: "${[a, steps.a.status, steps.a.error.code]}" }',
  );
  expect((await allEvents(known, { hosts: [ollama] })).at(-1)).toMatchObject({ value: ['none', 'ok', 'STEP_FAILED'] });
});

test('abort stops the run at once: the other calls end, the rows in work have no row-end, what is done is saved', async () => {
  const folder = await folderWith({
    'r.csv': 'id\nslow\nbad\nlater\n',
    'w.yaml':
      'model: m\neach: { from: r.csv, key: "${row.id}" }\nsteps: { a: { generate: "${row.id}", on_error: abort } }\nsave: { to: out.jsonl, errors: errors.jsonl }\n',
  });
  const { ollama, fake } = await fakeHost({
    faults: ({ body }) =>
      (body as { prompt: string }).prompt === 'bad'
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : { kind: 'stall', afterTokens: 1 },
  });
  const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], parallel: 2 });
  expect(ofType(events, 'row-end')).toMatchObject([{ key: 'bad', status: 'failed', aborts: true }]);
  expect(events.at(-1)).toMatchObject({
    type: 'run-end',
    status: 'stopped',
    error: { code: 'RUN_ABORTED', cause: { code: 'STEP_FAILED' } },
    causes: [{ code: 'BAD_REQUEST', count: 1, keys: ['bad'] }],
  });
  expect(events.reduce(reduceRun, initialRun)).toMatchObject({ status: 'stopped', error: { code: 'RUN_ABORTED' } });
  await fake.waitFor(() => fake.inFlight === 0);
});
