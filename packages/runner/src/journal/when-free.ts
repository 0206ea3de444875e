import { setTimeout } from 'node:timers/promises';
import { isLocked } from './journal-error.ts';

/** Another process may be committing. */
const patienceMs = 10_000;
const pauseMs = 50;

/** Acts on a journal, again and again for a while where another process holds it. @throws What the action threw last. */
export async function whenFree<Value>(act: () => Value): Promise<Value> {
  for (const since = Date.now(); ; await setTimeout(pauseMs)) {
    try {
      return act();
    } catch (error) {
      if (!isLocked(error) || Date.now() - since > patienceMs) throw error;
    }
  }
}
