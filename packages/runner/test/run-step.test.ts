import { expect, test } from '@jest/globals';
import { MillraceError, OllamaError } from '@millrace/errors';
import { concat, defer, filter, finalize, map, NEVER, Observable, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { StepStart } from '../src/events.ts';
import { createEqualCalls } from '../src/journal/equal-calls.ts';
import { retryDelayMs, retryLimits } from '../src/retry-by-cause.ts';
import { runStep, type StepCall } from '../src/run-step.ts';
import type { Scheduling } from '../src/scheduling.ts';
import { defineStepKind, type StepMessage } from '../src/step-kind.ts';
import { createTokenTally } from '../src/token-tally.ts';

const output = (text: string): StepMessage => ({
  type: 'output',
  output: {
    text,
    thinking: '',
    truncated: false,
    messages: [],
    usage: { promptTokens: 1, outputTokens: 1, totalMs: 1, loadMs: 0, promptMs: 0, outputMs: 0 },
  },
});

/** A call whose n-th attempt (from 0) gives what `attempts` says. */
function callOf(attempts: (n: number) => Observable<StepMessage>, options = {}): StepCall {
  let n = 0;
  const kind = defineStepKind<unknown>({ kind: 'x', schema: {}, run: () => attempts(n++) });
  const context = { model: 'm', system: undefined, options, format: undefined, deltas: true };
  return { place: { key: 'k', index: 0, step: 's' }, kind, body: 'x', context, check: undefined };
}

/** Lanes whose slots are always free, and which count those that are taken, in the same tick: virtual time knows no promises. */
function openLanes() {
  const slots = { taken: 0, free: 0 };
  const lane = { ollama: { baseUrl: 'http://h' } };
  const run = (_ask: unknown, begin: (on: typeof lane) => StepStart, call: (on: typeof lane) => Observable<unknown>) =>
    defer(() => {
      slots.taken++;
      return concat(of(begin(lane)), call(lane)).pipe(finalize(() => slots.free++));
    });
  const scheduling = {
    lanes: { run },
    isLast: false,
    fit: ({ context: { model, options } }: StepCall) => ({ ask: { model }, options }),
    listen: () => ({
      answered: () => {},
      failed: (error: unknown) => error,
      around: (source: Observable<unknown>) => source,
    }),
  };
  return { slots, scheduling: scheduling as unknown as Scheduling };
}

/** What runs have beside their lanes. */
const tools = {
  memory: { digestOf: (model: string) => model, same: () => undefined, now: () => 0 },
  equalCalls: createEqualCalls(),
  tally: createTokenTally(),
};

const inVirtualTime = (check: Parameters<TestScheduler['run']>[0]) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(check);

test('a retry waits twice as long each time, and no slot is held meanwhile', () => {
  inVirtualTime(({ expectObservable }) => {
    const { scheduling, slots } = openLanes();
    const call = callOf((n) =>
      n < 3 ? throwError(() => new MillraceError('OLLAMA_BUSY', 'busy')) : of(output(' done ')),
    );
    const types = runStep(call, { ...tools, scheduling, random: () => 1 }).pipe(
      map((message) =>
        message.type === 'done' ? message.value : message.type === 'step-retry' ? message.delayMs : message.type,
      ),
    );
    expectObservable(types).toBe('(sr) 246ms (sR) 496ms (sq) 996ms (sd|)', {
      s: 'step-start',
      r: 250,
      R: 500,
      q: 1000,
      d: 'done',
    });
    expectObservable(new Observable((subscriber) => void setTimeout(() => subscriber.complete(), 0)));
    expect(slots.taken).toBe(0);
  });
});

test('each cause counts its own attempts, up to its limit', () => {
  inVirtualTime(({ expectObservable, flush }) => {
    for (const [code, cause] of [
      ['OLLAMA_UNREACHABLE', 'unreachable'],
      ['STREAM_TRUNCATED', 'cut'],
      ['TIMED_OUT', 'idle'],
    ] as const) {
      let attempts = 0;
      const call = callOf(() => throwError(() => new MillraceError(code, `${++attempts}`)));
      expectObservable(runStep(call, { ...tools, scheduling: openLanes().scheduling, random: () => 0 }));
      flush();
      expect(attempts).toBe(retryLimits[cause] + 1);
    }
  });
});

test('what no retry can help fails at once, with the step, the row and the cause', () => {
  inVirtualTime(({ expectObservable, flush }) => {
    let attempts = 0;
    const call = callOf(() => throwError(() => new MillraceError('CONTEXT_OVERFLOW', `too long ${++attempts}`)));
    const failure = runStep(call, { ...tools, scheduling: openLanes().scheduling, random: () => 0 }).pipe(
      (source) => new Observable((subscriber) => source.subscribe({ error: (error) => subscriber.next(error) })),
    );
    expectObservable(
      failure.pipe(
        map(({ code, stepId, rowKey, cause }: never) => ({
          code,
          stepId,
          rowKey,
          cause: (cause as MillraceError).code,
        })) as never,
      ),
    ).toBe('a', {
      a: { code: 'STEP_FAILED', stepId: 's', rowKey: 'k', cause: 'CONTEXT_OVERFLOW' },
    });
    flush();
    expect(attempts).toBe(1);
  });
});

test('unsubscribing stops the attempt, and the wait between two', () => {
  inVirtualTime(({ expectObservable, expectSubscriptions, cold }) => {
    const hanging = cold<StepMessage>('--a', { a: { type: 'delta', text: 'x' } });
    expectObservable(
      runStep(
        callOf(() => hanging),
        { ...tools, scheduling: openLanes().scheduling, random: () => 0 },
      ).pipe(map(({ type }) => type)),
      '----!',
    ).toBe('s-a', { s: 'step-start', a: 'step-delta' });
    expectSubscriptions(hanging.subscriptions).toBe('^---!');
    let attempts = 0;
    const failing = callOf(() => {
      attempts++;
      return concat(
        throwError(() => new MillraceError('OLLAMA_BUSY', 'busy')),
        NEVER,
      );
    });
    expectObservable(
      runStep(failing, { ...tools, scheduling: openLanes().scheduling, random: () => 1 }).pipe(map(({ type }) => type)),
      '100ms !',
    ).toBe('(sr)', { s: 'step-start', r: 'step-retry' });
    expect(attempts).toBe(0);
  });
});

test('the wait is bounded, and half of it is left to chance', () => {
  const busy = new MillraceError('OLLAMA_BUSY', 'busy');
  expect(retryDelayMs(busy, 'busy', 0, () => 0)).toBe(125);
  expect(retryDelayMs(busy, 'busy', 19, () => 1)).toBe(10_000);
  expect(retryDelayMs(busy, 'invalid', 1, () => 1)).toBe(0);
});

test('a server that asks for a pause gets it, up to five minutes, and the usual wait behind it', () => {
  inVirtualTime(({ expectObservable }) => {
    const pauses = [0, 1000, 7_200_000];
    const call = callOf((n) =>
      n < pauses.length
        ? throwError(() => new OllamaError('OLLAMA_BUSY', 'busy', { retryAfterMs: pauses[n] }))
        : of(output('done')),
    );
    const delays = runStep(call, { ...tools, scheduling: openLanes().scheduling, random: () => 1 }).pipe(
      filter(({ type }) => type !== 'step-start'),
      map((message) => (message.type === 'step-retry' ? message.delayMs : message.type)),
    );
    expectObservable(delays).toBe('a 249ms b 1499ms c 300999ms (d|)', { a: 250, b: 1500, c: 301_000, d: 'done' });
  });
});

test('the pause counts, whichever copy of the errors it comes from', () => {
  const foreign = Object.assign(new Error('busy'), { details: { retryAfterMs: 3000 } });
  expect(retryDelayMs(foreign, 'busy', 0, () => 1)).toBe(3250);
  expect(retryDelayMs(new OllamaError('OLLAMA_BUSY', 'busy', {}), 'busy', 0, () => 1)).toBe(250);
});
