import { expect, test } from '@jest/globals';
import { firstValueFrom, NEVER, Observable, of, Subject, throwError, toArray } from 'rxjs';
import { mergePulled } from '../src/merge-pulled.ts';

/** Counts what is pulled, and whether it was let go. */
function counter(length: number) {
  const seen = { pulled: 0, returned: false };
  async function* source() {
    try {
      for (let item = 0; item < length; item++) {
        seen.pulled++;
        yield item;
      }
    } finally {
      seen.returned = true;
    }
  }
  return { seen, source: source() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('emits what every item gives and completes after the last', async () => {
  const { source, seen } = counter(1000);
  const values = await firstValueFrom(
    mergePulled(
      source,
      () => 3,
      (item) => of(item, item),
    ).pipe(toArray()),
  );
  expect(values).toHaveLength(2000);
  expect(seen.returned).toBe(true);
});

test('an empty source completes at once', async () => {
  expect(await firstValueFrom(mergePulled(counter(0).source, () => 3, of).pipe(toArray()))).toEqual([]);
});

test('never pulls more than the window holds, and one more for each that ends', async () => {
  const { source, seen } = counter(100);
  const items: Subject<number>[] = [];
  const subscription = mergePulled(
    source,
    () => 4,
    () => {
      const item = new Subject<number>();
      items.push(item);
      return item;
    },
  ).subscribe();
  await settled();
  expect(seen.pulled).toBe(4);
  items[2]?.complete();
  items[0]?.complete();
  await settled();
  expect(seen.pulled).toBe(6);
  subscription.unsubscribe();
});

test('unsubscribing ends the running items and returns the source', async () => {
  const { source, seen } = counter(100);
  let ended = 0;
  const subscription = mergePulled(
    source,
    () => 4,
    () => new Observable<never>(() => () => void ended++),
  ).subscribe();
  await settled();
  subscription.unsubscribe();
  await settled();
  expect([ended, seen.returned, seen.pulled]).toEqual([4, true, 4]);
});

test('an error of an item, or of the source, is passed on and ends the others', async () => {
  const { source, seen } = counter(100);
  let ended = false;
  const failing = mergePulled(
    source,
    () => 4,
    (item) =>
      item === 1
        ? throwError(() => new Error('item'))
        : NEVER.pipe(
            (never$) =>
              new Observable((subscriber) => {
                const inner = never$.subscribe(subscriber);
                return () => {
                  ended = true;
                  inner.unsubscribe();
                };
              }),
          ),
  );
  await expect(firstValueFrom(failing)).rejects.toThrow('item');
  await settled();
  expect([ended, seen.returned]).toEqual([true, true]);

  async function* broken() {
    yield 1;
    throw new Error('source');
  }
  await expect(firstValueFrom(mergePulled(broken(), () => 4, of).pipe(toArray()))).rejects.toThrow('source');
});

test('gives way now and then where items wait for nothing, so that who listens can end it', async () => {
  const { source, seen } = counter(100_000);
  let ended = 0;
  const subscription = mergePulled(source, () => 3, of).subscribe(() => ended++);
  setImmediate(() => subscription.unsubscribe());
  await settled();
  await settled();
  expect([ended > 0, ended <= 128, seen.returned]).toEqual([true, true, true]);
});
