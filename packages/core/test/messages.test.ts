import { expect, test } from '@jest/globals';
import { messages } from '@millrace/core';
import { OllamaError } from '@millrace/errors';
import { catchError, concat, type Observable, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { errorOf } from './support/outcome.ts';

interface Piece {
  readonly text: string;
  readonly thinking?: string;
  readonly done?: boolean;
}

const wire = {
  a: { text: 'Hel' },
  b: { text: 'lo' },
  t: { text: '', thinking: 'hm' },
  z: { text: '!', done: true },
  e: { error: 'an error was encountered while running the model: unexpected EOF' },
  n: null,
  s: 'text',
};

const read = messages<Piece>(
  { isFinal: ({ done }) => done === true, textOf: ({ text }) => text, thinkingOf: ({ thinking }) => thinking },
  { where: 'POST http://h/api/x' },
);

/** An error as a value, so that marbles can compare it. */
const withError = (source: Observable<unknown>) =>
  source.pipe(catchError((error: OllamaError) => of({ code: error.code, partial: error.details.partial })));

function marbles(run: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}

test('passes every message on as it comes, and completes with the source', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('  a-b-z-|', wire);
    expectObservable(source.pipe(read)).toBe('a-b-z-|', wire);
    expectSubscriptions(source.subscriptions).toBe('^-----!');
  });
});

test('ignores what comes behind the final message, an error too', () => {
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a-z-a-e-|', wire).pipe(read)).toBe('a-z-----|', wire);
    expectObservable(cold('a-z-#', wire, new Error('reset')).pipe(read)).toBe('a-z-|', wire);
  });
});

test('an end without the final message is an error with the text and thinking so far', () => {
  marbles(({ cold, expectObservable }) => {
    const partial = { text: 'Hello', thinking: 'hm' };
    expectObservable(withError(cold('t-a-b-|', wire).pipe(read))).toBe('t-a-b-(x|)', {
      ...wire,
      x: { code: 'STREAM_TRUNCATED', partial },
    });
    expectObservable(withError(cold('|', wire).pipe(read))).toBe('(x|)', {
      x: { code: 'STREAM_TRUNCATED', partial: undefined },
    });
  });
});

test('an error line is the error of its kind with the text so far, and lets the source go', () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold('                  a-e-z-|', wire);
    expectObservable(withError(source.pipe(read))).toBe('a-(x|)', {
      ...wire,
      x: { code: 'RUNNER_CRASHED', partial: { text: 'Hel', thinking: '' } },
    });
    expectSubscriptions(source.subscriptions).toBe('^-!');
  });
});

test('a value that is no object is malformed', () => {
  marbles(({ cold, expectObservable }) => {
    for (const value of ['n', 's']) {
      const x = { code: 'LINE_MALFORMED', partial: { text: 'Hel', thinking: '' } };
      expectObservable(withError(cold(`a-${value}-|`, wire).pipe(read))).toBe('a-(x|)', { ...wire, x });
    }
  });
});

test('an error of the source keeps its code, details and retry, and gets the text so far', () => {
  const cause = new OllamaError('TIMED_OUT', 'silent', { kind: 'idleMs' }, { hint: 'Wait.', retry: null, cause: 1 });
  const seen: unknown[] = [];
  marbles(({ cold, flush }) => {
    cold('a-#', wire, cause)
      .pipe(read)
      .subscribe({ error: (error) => seen.push(error) });
    flush();
  });
  expect(seen).toEqual([expect.any(OllamaError)]);
  expect(seen[0]).toMatchObject({
    code: 'TIMED_OUT',
    message: 'silent',
    details: { kind: 'idleMs', partial: { text: 'Hel', thinking: '' } },
    hint: 'Wait.',
    retry: null,
    cause: 1,
  });
});

test('an error that is none of ours passes unchanged', () => {
  const bug = new TypeError('bug');
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a-#', wire, bug).pipe(read)).toBe('a-#', wire, bug);
  });
});

test('the text of a long answer is kept to the last piece', () => {
  const seen: OllamaError[] = [];
  const pieces = Array.from({ length: 1000 }, (_, index) => ({ text: `${index} ` }));
  of(...pieces, { error: 'boom' })
    .pipe(read)
    .subscribe({ error: (error) => seen.push(error) });
  expect(seen[0]?.details.partial?.text).toBe(pieces.map(({ text }) => text).join(''));
});

test('the message names the call and how far it came', () => {
  const seen: string[] = [];
  of(wire.a)
    .pipe(read)
    .subscribe({ error: (error: Error) => seen.push(error.message) });
  expect(seen).toEqual(['POST http://h/api/x: the answer ended before its final message, after 1 message.']);
});

const kept = 8 * 1024 * 1024;

/** What an error keeps of these pieces. */
const keptOf = async (pieces: readonly Piece[]) =>
  (
    await errorOf(
      concat(
        pieces,
        throwError(() => new OllamaError('TIMED_OUT', 'late')),
      ).pipe(read),
    )
  ).details.partial;

test.each([
  ['pieces that fill it', ['x'.repeat(kept - 2), 'yz', 'w'], `${'x'.repeat(kept - 2)}yz`],
  ['a piece that is longer', ['x', `${'y'.repeat(kept)}z`, 'w'], `x${'y'.repeat(kept - 1)}`],
  ['a character that falls over its end', ['x'.repeat(kept - 1), '😀', 'w'], 'x'.repeat(kept - 1)],
  ['a character that ends with it', ['x'.repeat(kept - 2), '😀', 'w'], `${'x'.repeat(kept - 2)}😀`],
  ['an empty piece at its end', ['x'.repeat(kept), '', 'w'], 'x'.repeat(kept)],
])('an error keeps the first 8 Mi characters of a text, with %s', async (_, texts, expected) => {
  const partial = await keptOf(texts.map((text) => ({ text })));
  expect(partial?.text.length).toBe(expected.length);
  expect(partial?.text === expected).toBe(true);
});

test('an error keeps as many characters of the thinking, whatever the text', async () => {
  const thinking = 'hm'.repeat(kept / 4);
  const partial = await keptOf([...Array(3).fill({ text: '', thinking }), { text: 'Well', thinking: 'then' }]);
  expect(partial?.text).toBe('Well');
  expect(partial?.thinking === thinking.repeat(2)).toBe(true);
});
