import { describe, expect, jest, test } from '@jest/globals';
import type { RunEvent } from '@millrace/runner';
import { traceRun } from '@millrace/telemetry';
import { from, lastValueFrom, toArray } from 'rxjs';
import { spanClock } from '../src/span-clock.ts';
import { runEnd, runStart } from './random-run.ts';
import { recorder, sorted, treeOf } from './recorder.ts';

/** The spans of a run in which this happens. */
async function spansOf(...events: readonly RunEvent[]) {
  const { tracer, ended, open } = recorder();
  await lastValueFrom(from([runStart, ...events, runEnd('done')]).pipe(traceRun({ tracer }), toArray()));
  expect(open()).toBe(0);
  return treeOf(ended);
}

const callTo = (host: string, more: object = {}): RunEvent => ({
  type: 'call-start',
  key: 'k',
  index: 0,
  step: 'a',
  attempt: 1,
  host,
  kind: 'generate',
  model: 'm',
  ...more,
});

const usage = { promptTokens: 5, outputTokens: 3, totalMs: 1, loadMs: 0, promptMs: 0, outputMs: 1 };

describe('a call', () => {
  test.each([
    ['http://127.0.0.1:11434', '127.0.0.1', 11434],
    ['https://ollama.example.com', 'ollama.example.com', 443],
    ['http://ollama.example.com/behind/a/path', 'ollama.example.com', 80],
    ['http://[::1]:4000', '::1', 4000],
    ['http://user:password@gpu:1', 'gpu', 1],
  ])('to %s says where that is, and no credentials', async (host, address, port) => {
    const [call] = sorted(await spansOf(callTo(host)), 'call');
    expect(call?.attributes).toMatchObject({ 'server.address': address, 'server.port': port });
    expect(JSON.stringify(call?.attributes)).not.toMatch(/password|behind/);
  });

  test('to a host that is no address says nothing of it', async () => {
    const [call] = sorted(await spansOf(callTo('somewhere')), 'call');
    expect(call?.attributes).not.toHaveProperty(['server.address']);
    expect(call?.attributes).not.toHaveProperty(['server.port']);
  });

  test.each([
    ['m', 'm:latest'],
    ['gemma3:4b', 'gemma3:4b'],
    ['registry.example.com:5000/team/m', 'registry.example.com:5000/team/m:latest'],
  ])('of %s was answered by %s', async (model, answered) => {
    const call = callTo('http://h', { model });
    const end: RunEvent = { type: 'call-end', key: 'k', index: 0, step: 'a', attempt: 1, status: 'ok', usage };
    const [span] = sorted(await spansOf(call, end), 'call');
    expect(span?.attributes).toMatchObject({ 'gen_ai.request.model': model, 'gen_ai.response.model': answered });
  });

  test('of a kind that the conventions do not know has its name, whatever that is', async () => {
    const names = await Promise.all(
      ['translate', 'constructor'].map(async (kind) => sorted(await spansOf(callTo('http://h', { kind })), 'call')[0]),
    );
    expect(names.map((call) => [call?.name, call?.attributes['gen_ai.operation.name']])).toEqual([
      ['translate m', 'translate'],
      ['constructor m', 'constructor'],
    ]);
  });

  test('that did not fit its window has failed with that, and says that it is made again', async () => {
    const end: RunEvent = { type: 'call-end', key: 'k', index: 0, step: 'a', attempt: 1, status: 'widened' };
    const [call] = sorted(await spansOf(callTo('http://h'), end), 'call');
    expect(call).toMatchObject({
      isError: true,
      attributes: { 'millrace.call.status': 'widened', 'error.type': 'CONTEXT_OVERFLOW' },
    });
    expect(call?.attributes).not.toHaveProperty(['gen_ai.response.model']);
  });
});

test('a key that is as long as a text is cut', async () => {
  const key = 'x'.repeat(10_000);
  const seen = await spansOf(
    { type: 'step-start', key, index: 0, step: 'a', attempt: 1 },
    { type: 'step-start', key, index: 0, step: 'r', attempt: 1 },
  );
  expect(sorted(seen, 'row')[0]?.attributes['millrace.row.key']).toBe(`${'x'.repeat(256)}…`);
  expect(sorted(seen, 'group')[0]?.attributes['millrace.group.key']).toBe(`${'x'.repeat(256)}…`);
});

test('events that a later runner may have are let pass', async () => {
  const seen = await spansOf({ type: 'something-new', key: 'k', index: 0 } as never, callTo('http://h'));
  expect(sorted(seen, 'call')).toHaveLength(1);
});

describe('the clock of spans', () => {
  test('goes forward in parts of a millisecond, beside the clock of the machine', () => {
    const now = spanClock();
    const times = Array.from({ length: 1000 }, now);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times.some((time) => time % 1 !== 0)).toBe(true);
    expect(Math.abs((times.at(-1) as number) - Date.now())).toBeLessThan(1100);
  });

  test('follows the clock of the machine where that was set, or the machine slept', () => {
    const now = spanClock();
    const hour = 3_600_000;
    const before = now();
    const later = jest.spyOn(Date, 'now').mockReturnValue(Math.round(before) + hour);
    try {
      expect(now() - before).toBeGreaterThan(hour - 1000);
      expect(now() - before).toBeLessThan(hour + 2000);
    } finally {
      later.mockRestore();
    }
    expect(now() - before).toBeLessThan(10_000);
  });
});
