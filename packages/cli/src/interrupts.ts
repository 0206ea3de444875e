import { fromEventPattern, map, merge, type Observable, share, throttleTime } from 'rxjs';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds in which signals count as one. */
const sameSignalMs = 300;

/**
 * Ctrl-C or SIGTERM, the first one. From the first subscription on, a second one ends the program at once; signals that come together
 * (npm forwards what the terminal has sent already) count once. Make it once a command.
 */
export const createInterrupts = ({ process }: Terminal): Observable<unknown> =>
  merge(signal(process, 'SIGINT'), signal(process, 'SIGTERM')).pipe(
    throttleTime(sameSignalMs),
    map((_, count) => (count > 0 ? process.exit(exitCodes.interrupted) : count)),
    // Never let go of: a listener that leaves at the signal would let others (signal-exit) believe that nobody cares.
    share({ resetOnRefCountZero: false }),
  );

const signal = (process: Terminal['process'], name: 'SIGINT' | 'SIGTERM'): Observable<unknown> =>
  fromEventPattern(
    (listener) => process.on(name, listener),
    (listener) => process.off(name, listener),
  );
