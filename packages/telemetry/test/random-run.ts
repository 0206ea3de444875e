import type { RunEvent, RunStart, StepStart } from '@millrace/runner';

/** A number from 0 up to below this one. */
export type Choose = (below: number) => number;

/** Choices from a list, and 0 behind its end: what is left then is the shortest way to the end. */
export function choicesOf(list: readonly number[]): Choose {
  let next = 0;
  return (below) => (list[next++] ?? 0) % below;
}

type Place = Pick<StepStart, 'key' | 'index' | 'step' | 'element' | 'round' | 'piece'>;
type Life<Result = void> = Generator<RunEvent, Result>;

const usage = { promptTokens: 5, outputTokens: 3, totalMs: 1, loadMs: 0, promptMs: 0, outputMs: 1 };
const error = {
  code: 'STEP_FAILED',
  message: 'no',
  retryable: false,
  cause: { code: 'OLLAMA_BUSY', message: 'busy', retryable: true },
};
const tokens = { promptTokens: 0, outputTokens: 0 };

/** Takes turns between lives, by chance; ends with the first that does not end with `ok`, and drops the others. */
function* together(lives: readonly Life<Ending>[], choose: Choose): Life<Ending> {
  const left = [...lives];
  while (left.length > 0) {
    const at = choose(left.length);
    const { done, value } = (left[at] as Life<Ending>).next();
    if (!done) yield value;
    else if (value !== 'ok') return value;
    else left.splice(at, 1);
  }
  return 'ok';
}

type Ending = 'ok' | 'failed' | 'parked';

/** One call of a step, attempt by attempt. */
function* call(place: Place, choose: Choose): Life<Ending> {
  for (let attempt = 1; ; attempt++) {
    const asks = choose(4) > 0;
    yield { type: 'step-start', ...place, attempt, ...(asks && { host: 'http://127.0.0.1:11434' }) };
    if (asks) yield { type: 'call-start', ...place, attempt, host: 'http://127.0.0.1:11434', kind: 'chat', model: 'm' };
    for (let left = choose(3); left > 0; left--) yield { type: 'step-delta', ...place, text: 'x' };
    const ending = (['ok', 'ok', 'ok', 'retry', 'failed', 'parked'] as const)[choose(6)] ?? 'ok';
    if (asks && ending === 'ok') yield { type: 'call-end', ...place, attempt, status: 'ok', usage, doneReason: 'stop' };
    else if (asks && ending === 'parked') yield { type: 'call-end', ...place, attempt, status: 'widened', usage };
    else if (asks) yield { type: 'call-end', ...place, attempt, status: 'failed', error };
    if (ending !== 'retry') return ending;
    yield { type: 'step-retry', ...place, attempt, error, delayMs: 0 };
  }
}

function* rounds(place: Place, choose: Choose): Life<Ending> {
  const count = choose(3);
  if (count === 0) return yield* call(place, choose);
  for (let round = 0; round < count; round++) {
    const ending = yield* call({ ...place, round }, choose);
    if (ending !== 'ok') return ending;
  }
  return 'ok';
}

/** A step with one call, with elements or with pieces; what was answered before has no calls. */
function* calls(place: Place, choose: Choose): Life<Ending> {
  const shape = choose(4);
  if (shape === 0) return 'ok';
  if (shape === 1) return yield* rounds(place, choose);
  const parts = Array.from({ length: 1 + choose(3) }, (_, part) =>
    rounds({ ...place, ...(shape === 2 ? { element: part } : { piece: `${part}` }) }, choose),
  );
  return yield* together(parts, choose);
}

function* step(place: Place, choose: Choose): Life<Ending> {
  const { key, index } = place;
  const ending = yield* calls(place, choose);
  if (ending === 'ok') yield { type: 'step-end', key, index, step: place.step, status: 'ok', value: 1, usage };
  if (ending !== 'failed' || choose(2) === 0) return ending;
  yield { type: 'step-end', key, index, step: place.step, status: 'skipped', value: null, error };
  return 'ok';
}

/** A row, until it ends or is parked. */
function* row(index: number, choose: Choose): Life {
  const own = { key: `k${index}`, index };
  const sort = choose(8);
  if (sort === 0) return yield { type: 'row-end', ...own, status: 'skipped' };
  if (sort === 1) return yield { type: 'row-end', ...own, status: 'failed', error };
  if (sort === 2) {
    yield { type: 'step-end', ...own, step: 'a', status: 'ok', value: 1, reused: true };
    return yield { type: 'row-end', ...own, status: 'ok', reused: tokens };
  }
  let failed = 'a';
  const steps = ['a', 'b', 'c'].slice(0, 1 + choose(3)).map(function* (id): Life<Ending> {
    const ending = yield* step({ ...own, step: id }, choose);
    if (ending === 'failed') failed = id;
    return ending;
  });
  const ending = yield* together(steps, choose);
  if (ending === 'parked') {
    yield { type: 'row-parked', ...own, step: 'a', model: 'n' };
    yield { type: 'step-end', ...own, step: 'z', status: 'ok', value: 1, reused: true };
    return yield* row(index, choose);
  }
  yield ending === 'ok'
    ? { type: 'row-end', ...own, status: 'ok', fields: {} }
    : { type: 'row-end', ...own, status: 'failed', error, step: failed };
}

/** A group of a reduce. */
function* group(id: string, index: number, choose: Choose): Life {
  const own = { key: `g${index}`, index, step: id };
  const ending = yield* calls(own, choose);
  const end = { type: 'group-end', ...own, group: `g${index}`, count: 3 } as const;
  if (ending === 'ok') yield { ...end, status: 'ok', value: 1 };
  else if (choose(2) === 0) yield { ...end, status: 'failed', error };
  else yield { ...end, status: 'skipped', value: null, error };
}

function* loads(choose: Choose): Life {
  for (let left = choose(3); left > 0; left--) {
    const load = { type: 'model-load', host: 'http://127.0.0.1:11434', model: `m${choose(2)}` } as const;
    yield load;
    yield { ...load, ms: 1 };
  }
}

/** The first event. */
export const runStart: RunStart = {
  type: 'run-start',
  at: 0,
  workflow: 'w',
  steps: ['a', 'b', 'c', 'r', 's'],
  reduces: ['r', 's'],
  hosts: [],
  models: [],
  labels: [],
  id: 'id',
  found: 'nothing',
  startedAt: 0,
  notes: [],
};

/** The events of a run as it could be: rows, and groups behind them, side by side. Without a last one. */
export function* randomRun(choose: Choose): Life {
  const all = (lives: readonly Life[]): Life<Ending> =>
    together(
      lives.map(function* (life): Life<Ending> {
        yield* life;
        return 'ok';
      }),
      choose,
    );
  yield runStart;
  yield* all([...Array.from({ length: choose(9) }, (_, index) => row(index, choose)), loads(choose)]);
  yield* all(['r', 's'].flatMap((id) => Array.from({ length: choose(3) }, (_, index) => group(id, index, choose))));
}

/** How it ended. */
export const runEnd = (status: 'done' | 'interrupted' | 'stopped'): RunEvent => ({
  type: 'run-end',
  at: 1,
  status,
  counts: { rows: 0, ok: 0, degraded: 0, failed: 0, skipped: 0 },
  tokens,
  durationMs: 1,
  ...(status === 'stopped' && { error }),
});
