import type PQueue from 'p-queue';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';

/**
 * Subscribes to the source only when the queue has a free slot. The slot is free again when the source has been torn down:
 * completed, failed or unsubscribed. (p-queue's own `timeout` frees it while the work goes on.)
 */
export function inQueue<T>(queue: PQueue): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const waiting = new AbortController();
      let holds = false;
      const holdSlot = (): Promise<void> =>
        new Promise((freeSlot) => {
          holds = true;
          subscriber.add(freeSlot);
          source.subscribe(subscriber);
        });
      queue.add(holdSlot, { signal: waiting.signal }).catch(() => {}); // rejects only when we abort
      return () => {
        if (!holds) waiting.abort(); // an abort that nobody hears still costs its DOMException
      };
    });
}
