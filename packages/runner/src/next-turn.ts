/** Resolves behind what has happened by now: promises that are settled, and the timers, signals and packets of this turn of the event loop. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
