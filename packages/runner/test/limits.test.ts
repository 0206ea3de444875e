import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { initialRun, type RunEvent, reduceRun } from '@millrace/runner';
import { concat, mergeMap, range } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createTurns } from '../src/call-turns.ts';
import { stopReason } from '../src/stop-reason.ts';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

const inVirtualTime = (check: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(check);

test('no more calls begin within a period than the rate says, and as many as it says', () => {
  inVirtualTime(({ expectObservable }) => {
    const turns = createTurns({ calls: 2, perMs: 10 });
    const calls = range(1, 5).pipe(mergeMap((n) => concat(turns, [`${n}`])));
    expectObservable(calls).toBe('(12)------(34)------(5|)');
  });
});

test('calls that come slower than the rate do not wait', () => {
  inVirtualTime(({ expectObservable, cold }) => {
    const turns = createTurns({ calls: 1, perMs: 5 });
    const calls = cold('a-----b-----c|').pipe(mergeMap((name) => concat(turns, [name])));
    expectObservable(calls).toBe('a-----b-----c|');
  });
});

const failure = (index: number, message = 'no'): RunEvent => ({
  type: 'row-end',
  key: `${index}`,
  index,
  status: 'failed',
  error: { code: 'BAD_REQUEST', message, retryable: false },
});
const success = (index: number): RunEvent => ({ type: 'row-end', key: `${index}`, index, status: 'ok', fields: {} });

/** The number of the event at which a run of these rows stops. */
function stopsAt(events: readonly RunEvent[], limit: Parameters<typeof stopReason>[2]): number | undefined {
  let state = initialRun;
  for (const [index, event] of events.entries()) {
    state = reduceRun(state, event);
    if (stopReason(state, event, limit)) return index + 1;
  }
  return undefined;
}

test('a number of errors counts at once, a share from a hundred finished rows on', () => {
  const tenth = Array.from({ length: 300 }, (_, n) => (n % 10 === 0 ? failure(n) : success(n)));
  expect(stopsAt(tenth, { rows: 3 })).toBe(21);
  expect(stopsAt(tenth, { rows: 31 })).toBeUndefined();
  expect(stopsAt(tenth, { share: 0.1 })).toBe(101);
  expect(stopsAt(tenth, { share: 0.2 })).toBeUndefined();
  expect(stopsAt(tenth, undefined)).toBeUndefined();
  const skips = Array.from(
    { length: 200 },
    (_, n): RunEvent => ({ type: 'row-end', key: '', index: n, status: 'skipped' }),
  );
  expect(stopsAt([...skips, failure(200)], { share: 0.05 })).toBeUndefined();
});

test('failures that differ in numbers and names are one cause', () => {
  const events = [
    failure(1, 'POST http://h:1 answered 400: `a` is bad'),
    failure(2, 'POST http://h:2 answered 400: `b` is bad'),
    failure(3, 'something else'),
    ...Array.from({ length: 5 }, (_, n) => failure(10 + n, `POST http://h:${n} answered 400: \`c\` is bad`)),
  ];
  expect(events.reduce(reduceRun, initialRun).causes).toEqual([
    { code: 'BAD_REQUEST', message: 'POST http://h:1 answered 400: `a` is bad', count: 7, keys: ['1', '2', '10'] },
    { code: 'BAD_REQUEST', message: 'something else', count: 1, keys: ['3'] },
  ]);
  const many = Array.from({ length: 500 }, (_, n) => failure(n, 'x'.repeat(n + 1)));
  const { causes } = many.reduce(reduceRun, initialRun);
  expect(causes).toHaveLength(20);
  expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(500);
});

test('a run that stops by its limit writes what is done, and the failure that stopped it', async () => {
  const rows = Array.from({ length: 50 }, (_, id) => id).join('\n');
  const folder = await folderWith({
    'r.csv': `id\n${rows}\n`,
    'w.yaml':
      'model: m\neach: { from: r.csv, key: "${row.id}" }\nsteps: { a: { generate: "${row.id}" }, d: { over: a, set: "${items}" } }\nsave: { to: out.jsonl, errors: errors.jsonl }\nlimits: { errors: 2, parallel: 1 }\n',
  });
  const { ollama, fake } = await fakeHost({
    faults: ({ body }) =>
      ['3', '7'].includes((body as { prompt: string }).prompt)
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : undefined,
  });
  const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
  expect(events.at(-1)).toMatchObject({ status: 'stopped', error: { code: 'TOO_MANY_ERRORS' }, counts: { failed: 2 } });
  expect((await readJsonl(join(folder, 'out.jsonl'))).map(({ key }) => key)).toEqual(['0', '1', '2', '4', '5', '6']);
  expect((await readJsonl(join(folder, 'errors.jsonl'))).map(({ key }) => key)).toEqual(['3', '7']);
  expect(ofType(events, 'group-end')).toEqual([]);
  expect(fake.asked).toBeLessThan(12);
});

test('a step has its own clocks, and those of the limits where it has none', async () => {
  const folder = await folderWith({
    'w.yaml':
      'model: m\nsteps:\n  a: { generate: A, idle: 50ms, retry: { idle: 0 }, on_error: skip }\n  b: { generate: B, total: 60ms, retry: { idle: 0 }, on_error: skip }\n  c: { generate: C, retry: { idle: 0 }, on_error: skip }\nlimits: { total: 100ms }\n',
  });
  const { ollama, fake } = await fakeHost({ faults: () => ({ kind: 'stall', afterTokens: 1 }) });
  const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
  const reasons = Object.fromEntries(
    ofType(events, 'step-end').map(({ step, error }) => [step, error?.cause?.message]),
  );
  expect(reasons.a).toMatch(/silent for 50 ms/);
  expect(reasons.b).toMatch(/not complete within 60 ms/);
  expect(reasons.c).toMatch(/not complete within 100 ms/);
  await fake.waitFor(() => fake.inFlight === 0);
});

test('order: completion writes each line when its row ends', async () => {
  const flow = (order: string) =>
    `model: m\neach: { from: r.csv, key: "\${row.id}" }\nsteps: { a: { generate: "\${row.id}" } }\nsave: { to: out.jsonl, order: ${order} }\n`;
  const folder = await folderWith({ 'r.csv': 'id\n0\n1\n2\n', 'a.yaml': flow('completion'), 'b.yaml': flow('input') });
  const later: (() => void)[] = [];
  const { ollama } = await fakeHost({
    answer: async ({ lastText }) => {
      if (lastText === '0') await new Promise<void>((resolve) => later.push(resolve));
      if (lastText === '2') setTimeout(() => later.splice(0).forEach((resolve) => void resolve()), 20);
      return 'x';
    },
  });
  for (const [file, keys] of [
    ['a.yaml', ['1', '2', '0']],
    ['b.yaml', ['0', '1', '2']],
  ] as const) {
    await allEvents(await loaded(join(folder, file)), { hosts: [ollama], parallel: 3 });
    const lines = (await readFile(join(folder, 'out.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).key)).toEqual(keys);
  }
});
