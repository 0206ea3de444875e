import type { Limits } from '@millrace/schema';
import { asyncScheduler, defer, EMPTY, ignoreElements, type Observable, timer } from 'rxjs';

/**
 * Turns of calls, so that no more than `calls` begin within any `perMs`: each subscription takes one, and completes when it has come. One
 * that is unsubscribed while it waits is lost.
 */
export function createTurns({ calls, perMs }: NonNullable<Limits['rate']>): Observable<never> {
  // The times of the last `calls` turns, the oldest at `next`.
  const turns: number[] = [];
  let next = 0;
  return defer(() => {
    const now = asyncScheduler.now();
    const oldest = turns[next];
    const at = oldest === undefined ? now : Math.max(now, oldest + perMs);
    turns[next] = at;
    next = (next + 1) % calls;
    return at === now ? EMPTY : timer(at - now).pipe(ignoreElements());
  });
}
