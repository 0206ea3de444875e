import { fromEventPattern, map, merge, type Observable, share, throttleTime } from 'rxjs';
import { exitCodes } from './exit-codes.ts';

/** The part of Node's `process` that the program uses; tests pass their own. */
export interface ProcessLike {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): never;
}

/** What commands write to and hear from. */
export interface Terminal {
  readonly env: ProcessLike['env'];
  /** Data: results, events, diagnostics. Resolves when it is on its way. */
  out(text: string): Promise<void>;
  /** Words for the user. */
  err(text: string): void;
  readonly errIsTty: boolean;
  readonly columns: number;
  /**
   * Ctrl-C or SIGTERM, the first one. From the first subscription on, a second one ends the program at once; signals that come together
   * (npm forwards what the terminal has sent already) count once.
   */
  readonly interrupts$: Observable<unknown>;
}

/** Milliseconds in which signals count as one. */
const sameSignalMs = 300;

/** Wraps a process. A reader of stdout that has gone away ends the program in silence, as `head` expects. */
export function createTerminal(host: ProcessLike): Terminal {
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') host.exit(0);
    throw error;
  });
  host.stderr.on('error', () => {}); // nobody reads it: nothing to say, and to nobody
  const interrupts$ = merge(signal(host, 'SIGINT'), signal(host, 'SIGTERM')).pipe(
    throttleTime(sameSignalMs),
    map((_, count) => (count > 0 ? host.exit(exitCodes.interrupted) : count)),
    // Never let go of: a listener that leaves at the signal would let others (signal-exit) believe that nobody cares.
    share({ resetOnRefCountZero: false }),
  );
  return {
    env: host.env,
    out: (text) => new Promise((resolve) => void host.stdout.write(text, () => resolve())),
    err: (text) => void host.stderr.write(text),
    errIsTty: host.stderr.isTTY === true,
    columns: host.stderr.columns ?? 80,
    interrupts$,
  };
}

const signal = (host: ProcessLike, name: 'SIGINT' | 'SIGTERM'): Observable<unknown> =>
  fromEventPattern(
    (listener) => host.on(name, listener),
    (listener) => host.off(name, listener),
  );
