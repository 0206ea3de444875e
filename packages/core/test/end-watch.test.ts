import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { messages } from '@millrace/core';
import { Subject } from 'rxjs';

interface Piece {
  readonly done: boolean;
}

const read = messages<Piece>({ isFinal: ({ done }) => done }, { where: 'POST http://h/api/x' });
const final: Piece = { done: true };

// From the first on: the timer is one for all.
beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

test('gives each source up that does not end 250 ms after its final message', () => {
  const ended: string[] = [];
  const begin = (name: string): Subject<Piece> => {
    const source = new Subject<Piece>();
    source.pipe(read).subscribe({ complete: () => ended.push(name) });
    source.next(final);
    return source;
  };
  const first = begin('first');
  jest.advanceTimersByTime(100);
  const second = begin('second');
  begin('third').complete();
  expect(ended).toEqual(['third']);
  jest.advanceTimersByTime(149);
  expect(first.observed).toBe(true);
  jest.advanceTimersByTime(1);
  expect(ended).toEqual(['third', 'first']);
  expect(first.observed).toBe(false);
  jest.advanceTimersByTime(99);
  expect(second.observed).toBe(true);
  jest.advanceTimersByTime(1);
  expect(ended).toEqual(['third', 'first', 'second']);
  expect(second.observed).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
});

test('a source that was left after its final message is not looked after', () => {
  const source = new Subject<Piece>();
  const ended = jest.fn();
  const reading = source.pipe(read).subscribe({ complete: ended });
  source.next(final);
  reading.unsubscribe();
  expect(source.observed).toBe(false);
  jest.advanceTimersByTime(250);
  expect(ended).not.toHaveBeenCalled();
  expect(jest.getTimerCount()).toBe(0);
});

test('one that begins to wait where another is given up needs no second timer', () => {
  const [first, second, third] = [new Subject<Piece>(), new Subject<Piece>(), new Subject<Piece>()];
  first.pipe(read).subscribe({
    complete: () => {
      second.pipe(read).subscribe();
      second.next(final);
    },
  });
  first.next(final);
  jest.advanceTimersByTime(100);
  third.pipe(read).subscribe();
  third.next(final);
  jest.advanceTimersByTime(150);
  expect([first.observed, second.observed, third.observed]).toEqual([false, true, true]);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(250);
  expect([second.observed, third.observed]).toEqual([false, false]);
  expect(jest.getTimerCount()).toBe(0);
});
