/** How fast a host gets its calls done. */
export interface PaceMeter {
  /** Of the calls that were done lately, over the time with a call in flight; undefined before enough of them. */
  readonly tokensPerMs: number | undefined;
  /** The first call after a pause begins. */
  busy(): void;
  /** No call is in flight. */
  idle(): void;
  /** A call went well that measured so many tokens. */
  done(tokens: number): void;
}

/** What lies so much busy time back counts a third. */
const memoryMs = 30_000;
/** Fewer calls tell more of themselves than of the host. */
const enough = 8;

/**
 * Creates a meter that knows nothing yet.
 *
 * @param now Milliseconds from any fixed time.
 */
export function createPaceMeter(now: () => number = () => performance.now()): PaceMeter {
  let since: number | undefined;
  let uncountedMs = 0;
  let tokens = 0;
  let busyMs = 0;
  let calls = 0;
  const stopWatch = (): void => {
    if (since !== undefined) uncountedMs += now() - since;
    since = undefined;
  };
  return {
    get tokensPerMs() {
      return calls >= enough && busyMs > 0 && tokens > 0 ? tokens / busyMs : undefined;
    },
    busy: () => {
      since = now();
    },
    idle: stopWatch,
    done: (more) => {
      stopWatch();
      since = now();
      const kept = Math.exp(-uncountedMs / memoryMs);
      tokens = tokens * kept + more;
      busyMs = busyMs * kept + uncountedMs;
      uncountedMs = 0;
      calls += 1;
    },
  };
}
