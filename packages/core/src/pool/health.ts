import { type Observable, Subject, type Subscription } from 'rxjs';
import { inBackground } from '../background.ts';
import type { Ollama } from '../ollama.ts';
import { unrefTimer } from '../unref-timer.ts';
import { type ProbePace, probeDelayMs } from './probe-delay.ts';
import { signOfLife } from './sign-of-life.ts';

/** How a host is given up and taken back. */
export interface HealthOptions extends ProbePace {
  /** So many accidents in a row, without an answer between them, take a host down. Default: 3. */
  readonly accidents?: number | undefined;
  /** How long a probe may take. Default: 5 s. */
  readonly probeMs?: number | undefined;
}

/** Whether a host is there, as far as the calls to it tell. */
export interface Health {
  readonly isUp: boolean;
  /** What took the host down; undefined while it is up. */
  readonly failure: unknown;
  /** The state after each change; it says nothing of the present one, and completes with `close`. */
  readonly changes: Observable<boolean>;
  /** Takes the outcome of a call to the host: its error, or nothing where an answer came. A call that was given up has none. */
  note(error?: unknown): void;
  /** Ends the probes; the state goes on following what is noted. */
  close(): void;
}

/**
 * Watches over a host: a circuit breaker that calls feed, and that asks the host nothing while it is up.
 *
 * One failure takes it down where nobody is there: connection refused, no route, unknown name, a certificate or proxy that
 * will refuse the next call too. Three in a row (`accidents`) where it may be chance: a connection that was reset, broke in the
 * middle of an answer, did not open in time or fell silent, or the page of a proxy that found no server. A server that
 * answers is there, whatever it says: errors of models and all of 4xx and 500 count as signs of life. A full queue (503, 429),
 * a limit on the first byte or on the whole call, and what happened on this side say nothing.
 *
 * While it is down, GET /api/version is asked again and again: after half a second, then twice as long each time up to ten
 * seconds, half of it by chance. The first answer, of a probe or of any call, takes it up again. Neither the waiting nor
 * the probes keep the process alive.
 */
export function createHealth(ollama: Ollama, options: HealthOptions = {}): Health {
  const { accidents: limit = 3, probeMs = 5000 } = options;
  const prober = inBackground(ollama).withClocks({ totalMs: probeMs });
  const changes = new Subject<boolean>();
  let failure: unknown;
  let isUp = true;
  let isClosed = false;
  let accidents = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let probing: Subscription | undefined;

  const stop = (): void => {
    clearTimeout(timer);
    probing?.unsubscribe();
  };
  const probeLater = (count: number): void => {
    if (isClosed) return;
    timer = setTimeout(() => probe(count), probeDelayMs(count, options));
    unrefTimer(timer);
  };
  const probe = (count: number): void => {
    const heard = (error?: unknown): void => (signOfLife(error) === 'alive' ? turn(true) : probeLater(count + 1));
    probing = prober.version().subscribe({ error: heard, complete: heard });
  };
  const turn = (up: boolean, reason?: unknown): void => {
    accidents = 0;
    if (up === isUp) return;
    isUp = up;
    failure = reason;
    stop();
    if (!up) probeLater(0);
    changes.next(up);
  };
  return {
    get isUp() {
      return isUp;
    },
    get failure() {
      return failure;
    },
    changes: changes.asObservable(),
    note: (error) => {
      const sign = signOfLife(error);
      if (sign === 'nothing') return;
      if (sign === 'accident') accidents += 1;
      if (sign === 'alive') turn(true);
      else if (isUp && (sign === 'gone' || accidents >= limit)) turn(false, error);
    },
    close: () => {
      isClosed = true;
      stop();
      changes.complete();
    },
  };
}
