import { catchError, defer, forkJoin, last, map, type Observable, of } from 'rxjs';
import type { Ollama } from '../ollama.ts';
import type { Host } from './host.ts';
import { atOneHost } from './pool-call.ts';
import { noHost, poolClosed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/** What a host answered, or why it did not. */
export interface HostOutcome<T> {
  readonly host: Host;
  /** The last of what it answered. */
  readonly value?: T;
  readonly error?: unknown;
}

/** A call to one host and no other. */
export const atHost = <T>(
  pool: PoolState,
  { clientOf }: PoolView,
  host: Host,
  send: (client: Ollama) => Observable<T>,
): Observable<T> => atOneHost(pool, { hosts: [host], clientOf }, { send, model: undefined, tokens: 0, again: false });

/** The errors among the outcomes. */
export const errorsOf = (outcomes: readonly HostOutcome<unknown>[]): unknown[] =>
  outcomes.flatMap(({ error }) => (error === undefined ? [] : [error]));

/** The hosts of a view that take calls. */
export const takingCalls = ({ hosts }: PoolView): readonly Host[] => hosts.filter(({ isDraining }) => !isDraining);

/**
 * Makes the same call to some hosts at once, and emits how each of them ended when all have.
 *
 * @param choose Chooses the hosts for each subscription.
 */
export function atHosts<T>(
  pool: PoolState,
  view: PoolView,
  choose: (view: PoolView) => readonly Host[],
  send: (client: Ollama) => Observable<T>,
): Observable<readonly HostOutcome<T>[]> {
  const outcomeAt = (host: Host): Observable<HostOutcome<T>> =>
    atHost(pool, view, host, send).pipe(
      last(),
      map((value) => ({ host, value })),
      catchError((error: unknown) => of({ host, error })),
    );
  return defer(() => {
    if (pool.isClosed) throw poolClosed();
    const hosts = choose(view);
    if (hosts.length === 0) throw noHost(view.hosts.map(({ url }) => url));
    return forkJoin(hosts.map(outcomeAt));
  });
}
