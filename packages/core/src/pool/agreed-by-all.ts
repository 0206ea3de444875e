import { map, type Observable } from 'rxjs';
import type { Ollama } from '../ollama.ts';
import { atHosts, errorsOf, takingCalls } from './at-all-hosts.ts';
import { allFailed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/** Whether all hosts say yes. */
export const agreedByAll = (
  pool: PoolState,
  view: PoolView,
  send: (client: Ollama) => Observable<boolean>,
): Observable<boolean> =>
  atHosts(pool, view, takingCalls, send).pipe(
    map((outcomes) => {
      const errors = errorsOf(outcomes);
      if (errors.length > 0) throw allFailed(errors, 'failed');
      return outcomes.every(({ value }) => value === true);
    }),
  );
