import { type ErrorCode, isMillraceError } from '@millrace/errors';
import { map, type Observable } from 'rxjs';
import type { Ollama } from '../ollama.ts';
import { atHosts, errorsOf, takingCalls } from './at-all-hosts.ts';
import { allFailed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/**
 * Changes something at all hosts; emits what the first of them says when all have done it.
 *
 * @param idle Errors of a host where there is nothing to change: they count only where all have one.
 */
export function changeAtAll<T>(
  pool: PoolState,
  view: PoolView,
  idle: readonly ErrorCode[],
  send: (client: Ollama) => Observable<T>,
): Observable<T> {
  return atHosts(pool, view, takingCalls, send).pipe(
    map((outcomes) => {
      for (const { host } of outcomes) {
        host.installed.expire();
        host.loaded.expire();
      }
      const errors = errorsOf(outcomes);
      const real = errors.filter((error) => !(isMillraceError(error) && idle.includes(error.code)));
      if (real.length > 0) throw allFailed(real, 'failed');
      const done = outcomes.find(({ error }) => error === undefined);
      if (done === undefined) throw errors[0];
      return done.value as T; // there, since there is no error
    }),
  );
}
