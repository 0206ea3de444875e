/** How fast a host gets its calls done. */
export interface PaceMeter {
  /** Of the calls that were done lately, over the time with a call in flight; undefined before enough of them. */
  readonly tokensPerMs: number | undefined;
  /**
   * What more calls at once do not exceed: the pace at which calls had to wait for a slot. It rises with each call that does not.
   * Infinite where none waited yet.
   */
  readonly mostTokensPerMs: number;
  /** The first call after a pause begins. */
  busy(): void;
  /** No call is in flight. */
  idle(): void;
  /** A call went well that measured so many tokens, and waited for that part of its time. */
  done(tokens: number, waitShare: number | undefined): void;
  /** Nothing is known any more. */
  restart(): void;
}

/** Of what is known, so much stays with each further call: what lies 32 calls back counts a third. */
const kept = 1 - 1 / 32;
/** Fewer calls tell more of themselves than of the host. */
const enough = 8;
/** How much the last call counts, of those that waited. */
const newest = 0.2;
/** A smaller part is the way to the server, and chance. */
const fullShare = 0.05;
/** How much more is tried with each call that does not wait. */
const rise = 1.02;

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
  let waiting = 0;
  let most = Number.POSITIVE_INFINITY;
  const count = (): number => {
    const at = now();
    uncountedMs += at - (since ?? at);
    return at;
  };
  const pace = (): number | undefined => (calls >= enough && busyMs > 0 && tokens > 0 ? tokens / busyMs : undefined);
  const noteWait = (share: number): void => {
    waiting += (share - waiting) * newest;
    const reached = pace() ?? most;
    most = waiting > fullShare ? reached : Math.max(most * rise, reached);
  };
  return {
    get tokensPerMs() {
      return pace();
    },
    get mostTokensPerMs() {
      return most;
    },
    busy: () => {
      since = now();
    },
    idle: () => {
      count();
      since = undefined;
    },
    done: (more, waitShare) => {
      since = count();
      tokens = tokens * kept + more;
      busyMs = busyMs * kept + uncountedMs;
      uncountedMs = 0;
      calls += 1;
      if (waitShare !== undefined) noteWait(waitShare);
    },
    restart: () => {
      tokens = busyMs = calls = waiting = 0;
      most = Number.POSITIVE_INFINITY;
    },
  };
}
