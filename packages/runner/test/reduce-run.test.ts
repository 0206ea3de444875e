import { expect, test } from '@jest/globals';
import { initialRun, type RunEvent, reduceRun } from '@millrace/runner';
import fc from 'fast-check';

const start: RunEvent = {
  type: 'run-start',
  at: 5,
  workflow: 'w',
  steps: ['a'],
  hosts: ['h'],
  models: ['m'],
  labels: ['a', 'b.x'],
  to: 'f',
  id: '20261123-0203-9f3a1c',
  found: 'nothing',
  startedAt: 5,
  notes: [],
};
const place = { key: 'k', index: 0 };
const answered = (step: string, value: unknown, expected?: unknown, index = 0): RunEvent => ({
  type: 'step-end',
  ...place,
  index,
  step,
  status: 'ok',
  value,
  ...(expected !== undefined && { expected }),
});
const ended = (index = 0): RunEvent => ({ type: 'row-end', ...place, index, status: 'ok' });
const fold = (events: readonly RunEvent[]) => events.reduce(reduceRun, initialRun);

test('a run without events is waiting, and run-start makes it run', () => {
  expect(initialRun.status).toBe('waiting');
  expect(fold([start])).toMatchObject({ status: 'running', workflow: 'w', startedAt: 5, to: 'f' });
});

test('labels are tallied by step or by field, and compared where something was expected', () => {
  const { labels } = fold([
    start,
    answered('a', 'yes', 'yes'),
    answered('a', 'no', 'yes'),
    answered('b', { x: true }),
    answered('c', 'other'),
    ended(),
  ]);
  expect(labels).toEqual({
    a: { counts: { yes: 1, no: 1 }, confusion: { yes: { yes: 1, no: 1 } }, compared: 2, right: 1 },
    'b.x': { counts: { true: 1 }, confusion: {}, compared: 0, right: 0 },
  });
});

test('its size does not grow with the rows: labels and failures are capped', () => {
  const error = { code: 'STEP_FAILED', message: 'no', retryable: false };
  const events = Array.from({ length: 500 }, (_, row): RunEvent[] => [
    answered('a', `label ${row}`, `expected ${row}`, row),
    { type: 'row-end', key: `${row}`, index: row, status: 'failed', error },
  ]).flat();
  const state = fold([start, ...events]);
  expect(Object.keys(state.labels.a?.counts ?? {})).toHaveLength(31);
  expect(state.labels.a?.counts['…']).toBe(470);
  expect(Object.keys(state.labels.a?.confusion ?? {}).length).toBeLessThanOrEqual(31);
  expect(state.labels.a?.compared).toBe(500);
  expect(state.failures).toHaveLength(10);
  expect(state.counts.failed).toBe(500);
});

test('labels of a row count when it ends, and those of rows that were dropped never do', () => {
  const open = fold([start, answered('a', 'yes', 'yes'), answered('a', 'no', 'yes', 1)]);
  expect(open.labels.a).toMatchObject({ counts: {}, compared: 0 });
  const one = [ended(1)].reduce(reduceRun, open);
  expect(one.labels.a).toMatchObject({ counts: { no: 1 }, confusion: { yes: { no: 1 } }, compared: 1, right: 0 });
  const { counts } = one;
  const tokens = { promptTokens: 7, outputTokens: 8 };
  const end: RunEvent = { type: 'run-end', at: 9, status: 'interrupted', counts, tokens, durationMs: 4 };
  expect(reduceRun(one, end)).toMatchObject({ labels: one.labels, openLabels: [], tokens });
});

test('labels called like parts of every object are only labels', () => {
  const { labels } = fold([
    start,
    answered('a', 'constructor', '__proto__'),
    answered('a', '__proto__', 'toString'),
    answered('a', 'constructor'),
    ended(),
  ]);
  expect(Object.entries(labels.a?.counts ?? {})).toEqual([
    ['constructor', 2],
    ['__proto__', 1],
  ]);
  expect(labels.a?.compared).toBe(2);
});

test('the counts add up to the rows, whatever happens', () => {
  const rowEnd = fc.record({
    type: fc.constant('row-end' as const),
    key: fc.string(),
    index: fc.nat(),
    status: fc.constantFrom('ok' as const, 'failed' as const, 'skipped' as const),
  });
  fc.assert(
    fc.property(fc.array(rowEnd), (events) => {
      const { counts } = fold([start, ...events]);
      expect(counts.ok + counts.failed + counts.skipped).toBe(counts.rows);
      expect(counts.rows).toBe(events.length);
    }),
  );
});
