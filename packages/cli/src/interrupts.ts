import { fromEventPattern, map, merge, type Observable, share, throttleTime } from 'rxjs';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Milliseconds in which signals count as one. */
const sameSignalMs = 300;

/**
 * Ctrl-C or SIGTERM, the first one. From the first subscription on, a second one ends the program at once; signals that come together
 * (npm forwards what the terminal has sent already) count once. Make it once a command.
 */
export const createInterrupts = (terminal: Terminal): Observable<unknown> =>
  createSignals(terminal).pipe(
    map((_, count) => (count > 0 ? terminal.process.exit(exitCodes.interrupted) : count)),
    share({ resetOnRefCountZero: false }),
  );

/** The signals that ask a program to end. */
export type Signal = 'SIGINT' | 'SIGTERM';

/** Each Ctrl-C and SIGTERM, for a command that goes on after the first; from the first subscription on they end nothing by themselves. */
export const createSignals = ({ process }: Terminal): Observable<Signal> =>
  merge(signal(process, 'SIGINT'), signal(process, 'SIGTERM')).pipe(
    throttleTime(sameSignalMs),
    // Never let go of: a listener that leaves at the signal would let others (signal-exit) believe that nobody cares.
    share({ resetOnRefCountZero: false }),
  );

const signal = (process: Terminal['process'], name: Signal): Observable<Signal> =>
  fromEventPattern(
    (listener) => process.on(name, listener),
    (listener) => process.off(name, listener),
    () => name,
  );
