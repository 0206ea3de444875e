/** How long to wait. */
export interface WaitOptions {
  /** Default 5000. */
  readonly timeoutMs?: number;
  /** Named in the error; default: the source of the predicate. */
  readonly what?: string;
}

/** Promises that wait for a condition. */
export interface Waiters {
  waitFor(condition: () => boolean, options?: WaitOptions): Promise<void>;
  /** Looks at every condition; costs nothing while nobody waits. */
  check(): void;
  /** Rejects all that wait. */
  close(): void;
}

/** Starts with nobody waiting. */
export function createWaiters(): Waiters {
  const waiting = new Set<() => void>();
  const rejections = new Set<(error: Error) => void>();
  return {
    waitFor: (condition, { timeoutMs = 5000, what = String(condition) } = {}) =>
      new Promise((resolve, reject) => {
        const over = (settle: () => void) => {
          clearTimeout(timer);
          waiting.delete(look);
          rejections.delete(give);
          settle();
        };
        const give = (error: Error) => over(() => reject(error));
        const look = () => condition() && over(resolve);
        const timer = setTimeout(() => give(new Error(`Not so after ${timeoutMs} ms: ${what}`)), timeoutMs);
        waiting.add(look);
        rejections.add(give);
        look();
      }),
    check() {
      if (waiting.size > 0) for (const look of [...waiting]) look();
    },
    close() {
      for (const give of [...rejections]) give(new Error('The fake server was closed while waiting.'));
    },
  };
}
