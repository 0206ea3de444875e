import { expect, test } from '@jest/globals';
import PQueue from 'p-queue';
import { lastValueFrom, Observable, throwError } from 'rxjs';
import { inQueue } from '../src/in-queue.ts';

/** Says in `log` when it starts and ends. */
const job = (log: string[], name: string, source?: Observable<string>) =>
  new Observable<string>((subscriber) => {
    log.push(`start ${name}`);
    const inner = source?.subscribe(subscriber);
    if (!source) {
      subscriber.next(name);
      subscriber.complete();
    }
    return () => {
      log.push(`end ${name}`);
      inner?.unsubscribe();
    };
  });

const never = new Observable<string>(() => {});

test('one at a time; unsubscribing a waiting one takes it out, a running one gives its slot back', async () => {
  const queue = new PQueue({ concurrency: 1 });
  const log: string[] = [];
  const running = job(log, 'a', never).pipe(inQueue(queue)).subscribe();
  const waiting = job(log, 'b').pipe(inQueue(queue)).subscribe();
  const last = lastValueFrom(job(log, 'c').pipe(inQueue(queue)));
  waiting.unsubscribe();
  running.unsubscribe();
  expect(await last).toBe('c');
  await queue.onIdle();
  expect(log).toEqual(['start a', 'end a', 'start c', 'end c']);
  expect([queue.pending, queue.size]).toEqual([0, 0]);
});

test('an error is passed on and gives the slot back', async () => {
  const queue = new PQueue({ concurrency: 1 });
  await expect(lastValueFrom(throwError(() => new Error('broken')).pipe(inQueue(queue)))).rejects.toThrow('broken');
  await queue.onIdle();
  expect(queue.pending).toBe(0);
});
