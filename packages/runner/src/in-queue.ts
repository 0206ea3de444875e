import type PQueue from 'p-queue';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * Subscribes to the source only when the queue has a free slot. The slot is free again when the source has been torn down:
 * completed, failed or unsubscribed. (p-queue's own `timeout` frees it while the work goes on.)
 *
 * @param first Is said when the slot is free, before the source is subscribed to.
 */
export function inQueue<T>(queue: PQueue, first?: T): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const holdSlot = (): Promise<void> => {
        // What nobody waits for any more gives its turn to the next. (p-queue's own `signal` costs more than most calls wait.)
        if (subscriber.closed) return Promise.resolve();
        return new Promise((freeSlot) => {
          subscriber.add(freeSlot);
          if (first !== undefined) subscriber.next(first);
          if (!subscriber.closed) source.subscribe(subscriber);
        });
      };
      void queue.add(holdSlot);
    });
}
