import { type ErrorCode, isMillraceError } from '@millrace/errors';
import { map, type Observable } from 'rxjs';
import type { Ollama } from '../ollama.ts';
import { atHosts, errorsOf, takingCalls } from './at-all-hosts.ts';
import { allFailed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/**
 * Changes something at all hosts; emits `undefined` when it is done.
 *
 * @param idle The error of a host where there is nothing to change: it counts only where all say it.
 */
export function changeAtAll(
  pool: PoolState,
  view: PoolView,
  idle: ErrorCode,
  send: (client: Ollama) => Observable<undefined>,
): Observable<undefined> {
  return atHosts(pool, view, takingCalls, send).pipe(
    map((outcomes) => {
      for (const { host } of outcomes) host.installed.expire();
      const errors = errorsOf(outcomes);
      const real = errors.filter((error) => !(isMillraceError(error) && error.code === idle));
      if (real.length > 0) throw allFailed(real, 'failed');
      if (errors.length === outcomes.length) throw errors[0];
      return undefined;
    }),
  );
}
