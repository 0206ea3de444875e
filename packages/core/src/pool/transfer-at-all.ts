import { catchError, concat, defer, EMPTY, filter, map, merge, type Observable, of, throwError } from 'rxjs';
import type { Ollama } from '../ollama.ts';
import { type TransferProgress, transferShape } from '../transfer-progress.ts';
import { atHost, takingCalls } from './at-all-hosts.ts';
import { allFailed, noHost, poolClosed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/** A row of a transfer at all hosts, and which of them it is of; the row `success` is of all, and has none. */
export type OfOneHost<Row> = Row & { readonly host?: string | undefined };

/**
 * Makes the same transfer at all hosts at once. The row `success` comes once, when all have said it.
 *
 * Where some fail, the others go on to their end, and the error that comes then names those that failed.
 */
export function transferAtAll<Row extends TransferProgress>(
  pool: PoolState,
  view: PoolView,
  send: (client: Ollama) => Observable<Row>,
): Observable<OfOneHost<Row>> {
  return defer(() => {
    if (pool.isClosed) throw poolClosed();
    const hosts = takingCalls(view);
    if (hosts.length === 0) throw noHost(view.hosts.map(({ url }) => url));
    const errors: unknown[] = [];
    let success: Row | undefined;
    const rowsOf = hosts.map((host) =>
      atHost(pool, view, host, send).pipe(
        map((row): OfOneHost<Row> | undefined => {
          if (!transferShape.isFinal(row)) return { ...row, host: host.url };
          host.installed.expire();
          success = row;
          return undefined;
        }),
        catchError((error: unknown) => {
          errors.push(error);
          return EMPTY;
        }),
      ),
    );
    const end = defer(() => (errors.length > 0 ? throwError(() => allFailed(errors, 'failed')) : of(success)));
    return concat(merge(...rowsOf), end).pipe(filter((row) => row !== undefined));
  });
}
