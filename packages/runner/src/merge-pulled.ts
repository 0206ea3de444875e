import { Observable } from 'rxjs';
import { nextTurn } from './next-turn.ts';

/** Items that wait for nothing, as rows without a model, would keep timers and signals from being heard. */
const pullsInTurn = 64;

/**
 * Like `mergeMap` with a limit, over a source that is asked for its next item only when there is room for it: the border where
 * back-pressure ends, so that memory is bounded by the window and not by the input.
 *
 * Unsubscribing ends the running items and returns the iterator, which closes its file.
 */
export function mergePulled<Item, Result>(
  source: AsyncIterable<Item>,
  window: () => number,
  project: (item: Item) => Observable<Result>,
): Observable<Result> {
  return new Observable((subscriber) => {
    const iterator = source[Symbol.asyncIterator]();
    let active = 0;
    let pulling = false;
    let ended = false;
    let pulls = 0;

    const start = (item: Item): void => {
      active++;
      const running = project(item).subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          active--;
          void pull();
        },
      });
      subscriber.add(running);
    };

    const fill = async (): Promise<void> => {
      while (!subscriber.closed && !ended && active < window()) {
        const { done, value } = await iterator.next();
        if (subscriber.closed) return;
        if (done) ended = true;
        else start(value);
        if (++pulls % pullsInTurn === 0) await nextTurn();
      }
      if (ended && active === 0) subscriber.complete();
    };

    const pull = async (): Promise<void> => {
      if (pulling) return;
      pulling = true;
      await fill().catch((error: unknown) => subscriber.error(error));
      pulling = false;
      // An item may have ended after the last look and before this line.
      if (!subscriber.closed && ((!ended && active < window()) || (ended && active === 0))) void pull();
    };

    void pull();
    return () => void iterator.return?.();
  });
}
