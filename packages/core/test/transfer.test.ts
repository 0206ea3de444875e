import { expect, test } from '@jest/globals';
import { createOllama, type Transfer, type TransferProgress, transfer } from '@millrace/core';
import { loadTranscript, type RecordedServer, startReplayServer } from '@millrace/testing';
import { array, assert, constantFrom, nat, property, record } from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { errorOf } from './support/outcome.ts';

/** The states of rows that come so many milliseconds apart. */
function fold(rows: readonly TransferProgress[], everyMs = 1000): Transfer[] {
  const states: Transfer[] = [];
  let now = 5_000;
  from(rows)
    .pipe(
      transfer({
        now: () => {
          now += everyMs;
          return now;
        },
      }),
    )
    .subscribe((state) => states.push(state));
  return states;
}

const row = (digest: string, completed: number, total: number): TransferProgress => ({
  status: `pulling ${digest}`,
  digest,
  ...(total > 0 && { total }),
  ...(completed > 0 && { completed }),
});

test('parts are summed, rows without a digest change the status alone', () => {
  const rows = [
    { status: 'pulling manifest' },
    row('a', 100, 1000),
    row('b', 0, 500),
    row('a', 600, 1000),
    row('b', 500, 500),
    { status: 'verifying sha256 digest' },
    row('a', 1000, 1000),
    { status: 'success' },
  ];
  expect(fold(rows).map(({ status, completed, total }) => [status, completed, total])).toEqual([
    ['pulling manifest', 0, 0],
    ['pulling a', 100, 1000],
    ['pulling b', 100, 1500],
    ['pulling a', 600, 1500],
    ['pulling b', 1100, 1500],
    ['verifying sha256 digest', 1100, 1500],
    ['pulling a', 1500, 1500],
    ['success', 1500, 1500],
  ]);
});

test('the speed counts what has moved since the first row of a part, and tells how long the rest takes', () => {
  const states = fold([row('a', 4000, 10_000), row('a', 5000, 10_000), row('a', 6000, 10_000)]);
  expect(states.map(({ bytesPerSecond, remainingMs }) => [bytesPerSecond, remainingMs])).toEqual([
    [0, undefined],
    [1000, 5000],
    [1000, 4000],
  ]);
});

test('parts that were there already do not make it fast', () => {
  const states = fold([row('a', 9000, 9000), row('b', 0, 1000), row('c', 500, 500), row('b', 300, 1000)]);
  expect(states.at(-1)).toMatchObject({ completed: 9800, total: 10_500, bytesPerSecond: 100, remainingMs: 7000 });
});

test('only the last ten seconds count, so that a stop shows', () => {
  const fast = Array.from({ length: 10 }, (_, index) => row('a', index * 1000, 20_000));
  const stopped = Array.from({ length: 12 }, () => row('a', 9000, 20_000));
  const speeds = fold([...fast, ...stopped]).map(({ bytesPerSecond }) => bytesPerSecond);
  expect(speeds[9]).toBe(1000);
  expect(speeds[15]).toBe(400);
  expect(speeds.at(-1)).toBe(0);
  expect(fold([...fast, ...stopped]).at(-1)?.remainingMs).toBeUndefined();
});

test('bytes that are dropped again do not make it go back', () => {
  const states = fold([row('a', 500, 1000), row('a', 200, 1000), row('a', 600, 1000)]);
  expect(states.map(({ completed }) => completed)).toEqual([500, 500, 600]);
});

test('a total that is missing, 0 or too small is what has come', () => {
  const states = fold([row('a', 0, 0), { status: 's', digest: 'a', completed: 70 }, row('a', 90, 80)]);
  expect(states.map(({ completed, total }) => [completed, total])).toEqual([
    [0, 0],
    [70, 70],
    [90, 90],
  ]);
});

test('at success all is there, whatever the rows said', () => {
  expect(fold([row('a', 10, 1000), row('b', 20, 20), { status: 'success' }]).at(-1)).toEqual({
    status: 'success',
    completed: 1020,
    total: 1020,
    bytesPerSecond: 0,
    remainingMs: 0,
  });
  expect(fold([{ status: 'success' }])).toEqual([
    { status: 'success', completed: 0, total: 0, bytesPerSecond: 0, remainingMs: 0 },
  ]);
});

test('rows in one instant, or of a clock that goes back, are no endless speed', () => {
  for (const everyMs of [0, -50]) {
    for (const { bytesPerSecond } of fold([row('a', 1, 100), row('a', 50, 100), row('a', 90, 100)], everyMs)) {
      expect(Number.isFinite(bytesPerSecond)).toBe(true);
      expect(bytesPerSecond).toBeGreaterThanOrEqual(0);
    }
  }
});

test('whatever rows come, it never goes back nor beyond its total, and every figure is one', () => {
  const anyRow = record({ digest: constantFrom('a', 'b', 'c'), completed: nat(2000), total: nat(1500) });
  assert(
    property(array(anyRow), nat(3000), (rows, everyMs) => {
      let before = 0;
      for (const state of fold([...rows.map((one) => ({ status: 's', ...one })), { status: 'success' }], everyMs)) {
        expect(state.completed).toBeGreaterThanOrEqual(before);
        expect(state.total).toBeGreaterThanOrEqual(state.completed);
        expect(Number.isFinite(state.bytesPerSecond) && state.bytesPerSecond >= 0).toBe(true);
        expect(state.remainingMs === undefined || state.remainingMs >= 0).toBe(true);
        before = state.completed;
      }
    }),
    { numRuns: 500 },
  );
});

test('each subscription folds anew, and an error passes', async () => {
  const states$ = from([row('a', 5, 10)]).pipe(transfer());
  expect((await lastValueFrom(states$)).completed).toBe(5);
  expect((await lastValueFrom(states$)).completed).toBe(5);
  const server = await startReplayServer({
    transcripts: [loadTranscript('pull-corrupt-blob-stream')],
    match: () => true,
  });
  const pulling = createOllama({ baseUrl: server.url }).pull({ model: 'm' }).pipe(transfer());
  expect(await errorOf(pulling)).toMatchObject({ code: 'TRANSFER_FAILED' });
  await server.close();
});

test.each<[RecordedServer, string, 'pull' | 'push']>([
  ['0.24', 'pull-stream', 'pull'],
  ['0.32', 'pull-stream', 'pull'],
  ['0.24', 'push-stream', 'push'],
  ['0.32', 'push-stream', 'push'],
])('%s %s: a recorded transfer ends with every byte', async (version, name, method) => {
  const server = await startReplayServer({ transcripts: [loadTranscript(name, version)], match: () => true });
  const ollama = createOllama({ baseUrl: server.url });
  const states = await lastValueFrom(ollama[method]({ model: 'm' }).pipe(transfer(), toArray()));
  expect(states.at(-1)).toMatchObject({ status: 'success', remainingMs: 0 });
  expect(states.at(-1)?.completed).toBeGreaterThan(253_000_000);
  const completed = states.map((state) => state.completed);
  expect(completed).toEqual([...completed].sort((one, other) => one - other));
  await server.close();
});
