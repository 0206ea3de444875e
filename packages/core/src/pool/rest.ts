import { isMillraceError } from '@millrace/errors';
import { detailsOf } from './sign-of-life.ts';

/**
 * Whether a host that is there had better be left alone for a while. One that refuses or fails each call at once has the fewest
 * tokens in flight, and would be given every call.
 */
export interface Rest {
  readonly isResting: boolean;
  /** Takes the outcome of a call: its error, or nothing where an answer came. */
  note(error?: unknown): void;
}

/** After a full queue of which nothing is said. */
const fullMs = 500;
/** After a crash or a load that failed, and twice as long after each further one in a row. */
const crashMs = 1000;
/** No rest is longer, whatever a server asks for. */
const longestMs = 30_000;

/**
 * Creates the rest of a host that has none.
 *
 * @param now Milliseconds from any fixed time.
 */
export function createRest(now: () => number = () => performance.now()): Rest {
  let until = Number.NEGATIVE_INFINITY;
  let crashes = 0;
  const restFor = (ms: number): void => {
    until = now() + Math.min(ms, longestMs);
  };
  return {
    get isResting() {
      return until > Number.NEGATIVE_INFINITY && until > now();
    },
    note: (error) => {
      if (error === undefined) {
        until = Number.NEGATIVE_INFINITY;
        crashes = 0;
      } else if (isMillraceError(error) && error.code === 'OLLAMA_BUSY') {
        restFor(detailsOf(error).retryAfterMs ?? fullMs);
      } else if (isMillraceError(error) && (error.retry === 'crashed' || error.code === 'MODEL_LOAD_FAILED')) {
        restFor(crashMs * 2 ** crashes);
        crashes += 1;
      }
    },
  };
}
