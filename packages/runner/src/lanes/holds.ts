import type { Ollama } from '@millrace/core';
import { lastValueFrom, type Observable, timeout } from 'rxjs';
import type { Ask } from './ask.ts';
import { loadModel } from './load-model.ts';
import { isResident, residentsOf } from './residents.ts';

/** Models that stay in memory while a run has calls for them. */
export interface Holds {
  /** Loads a model, to stay. */
  hold(ask: Ask): Observable<never>;
  /** Lets those that are still there go as others do. */
  release(): Promise<void>;
}

/** So long a model stays without a call, whatever the server says, so that a row that takes its time costs no load. */
const heldFor = '30m';
/** Ollama's own default; what a server was told in its environment no request can find out. */
const keptFor = '5m';
const releaseWithinMs = 2000;

/** None yet. A model that was there before, or whose `keep_alive` the workflow says, stays as it is. */
export function createHolds(ollama: Ollama): Holds {
  const held = new Map<string, Ask>();
  const letGo = (ask: Ask): Promise<void> =>
    lastValueFrom(loadModel(ollama, ask, keptFor).pipe(timeout(releaseWithinMs)), { defaultValue: undefined }).catch(
      () => {}, // it goes by itself then
    );
  return {
    hold: (ask) => {
      if (ask.keepAlive === undefined) held.set(ask.model, ask);
      // Its calls will say otherwise where the workflow does; a load that is told to stay for no time at all is none.
      return loadModel(ollama, ask, heldFor);
    },
    release: async () => {
      const all = [...held.values()];
      held.clear();
      if (all.length === 0) return;
      const residents = await residentsOf(ollama);
      await Promise.all(all.filter((ask) => isResident(residents, ask)).map(letGo));
    },
  };
}
