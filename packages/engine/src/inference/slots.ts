/** A fixed number of places to work in; who finds none waits its turn. */
export interface Slots<Place> {
  /** Runs the work in a place of its own; first come, first served. Aborted while it waits, it gives up its turn. */
  run<Result>(signal: AbortSignal, work: (place: Place) => Promise<Result>): Promise<Result>;
}

/** Hands out places, each to one user at a time. */
export function createSlots<Place>(places: readonly Place[]): Slots<Place> {
  const free = [...places];
  const waiting: ((place: Place) => void)[] = [];

  function acquire(signal: AbortSignal): Promise<Place> {
    const place = free.shift();
    if (place !== undefined) return Promise.resolve(place);
    return new Promise((resolve, reject) => {
      const give = (given: Place) => {
        signal.removeEventListener('abort', leave);
        resolve(given);
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(give), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(give);
    });
  }

  function release(place: Place): void {
    const next = waiting.shift();
    if (next === undefined) free.push(place);
    else next(place);
  }

  return {
    async run(signal, work) {
      signal.throwIfAborted();
      const place = await acquire(signal);
      try {
        signal.throwIfAborted();
        return await work(place);
      } finally {
        release(place);
      }
    },
  };
}
