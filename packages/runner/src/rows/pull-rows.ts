import { fileError } from '../paths/file-error.ts';
import type { BrokenRow, ReadRow } from '../row.ts';

/** Rows that were read together; may be empty. */
export type Batch = readonly (ReadRow | BrokenRow)[];

/** Rows one by one, of which some may be looked at before. */
export interface PulledRows extends AsyncIterableIterator<ReadRow | BrokenRow> {
  return(): Promise<IteratorReturnResult<undefined>>;
  /**
   * Looks at what comes first; nothing of it is lost to the loop.
   *
   * @param quietMs Once there is a row, how long to wait for each next piece.
   * @param isEnough Ends it before the first row.
   */
  sample(size: number, quietMs: number, isEnough?: () => boolean): Promise<readonly ReadRow[]>;
}

/**
 * Gives the rows of batches one by one: a row of a batch that is there costs no more than a promise.
 *
 * @param path For what the file system says while it is read.
 * @param letGo Ends a read that may never end by itself, as of a pipe.
 */
export function pullRows(path: string, batches: AsyncGenerator<Batch>, letGo = (): void => {}): PulledRows {
  const ahead: Batch[] = [];
  let batch: Batch = [];
  let at = 0;
  let pending: Promise<IteratorResult<Batch>> | undefined;

  const pull = (): Promise<IteratorResult<Batch>> => {
    pending ??= batches.next().catch((error: unknown) => {
      throw fileError(path, error);
    });
    pending.catch(() => {}); // whoever takes it reports it
    return pending;
  };
  const take = async (): Promise<IteratorResult<Batch>> => {
    const known = ahead.shift();
    if (known) return { done: false, value: known };
    const result = await pull();
    pending = undefined;
    return result;
  };
  const refill = async (): Promise<IteratorResult<ReadRow | BrokenRow, undefined>> => {
    while (at >= batch.length) {
      const { done, value } = await take();
      if (done) return { done, value: undefined };
      [batch, at] = [value, 0];
    }
    return { done: false, value: batch[at++] as ReadRow | BrokenRow };
  };

  const rows: PulledRows = {
    [Symbol.asyncIterator]: () => rows,
    next: () =>
      at < batch.length ? Promise.resolve({ done: false, value: batch[at++] as ReadRow | BrokenRow }) : refill(),
    return: async () => {
      [batch, at, ahead.length] = [[], 0, 0];
      const ended = batches.return(undefined);
      ended.catch(() => {});
      // A generator that waits for its next piece ends only behind it.
      if (pending) letGo();
      else await ended;
      return { done: true, value: undefined };
    },
    sample: async (size, quietMs, isEnough = () => false) => {
      const seen: ReadRow[] = [];
      while (seen.length < size && !isEnough()) {
        const result = seen.length === 0 ? await pull() : await orQuiet(pull(), quietMs);
        if (!result) break;
        if (result.done) break; // stays pending: the loop meets the end there
        pending = undefined;
        ahead.push(result.value);
        for (const row of result.value) if ('value' in row && seen.length < size) seen.push(row);
      }
      return seen;
    },
  };
  return rows;
}

async function orQuiet<Value>(value: Promise<Value>, quietMs: number): Promise<Value | undefined> {
  if (quietMs === Number.POSITIVE_INFINITY) return value;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const quiet = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, quietMs, undefined);
  });
  try {
    return await Promise.race([value, quiet]);
  } finally {
    clearTimeout(timer);
  }
}
