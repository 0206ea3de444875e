import type { Clocks, Ollama } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import PQueue from 'p-queue';

/** A host and the queue of the calls to it. */
export interface Lane {
  readonly ollama: Ollama;
  readonly queue: PQueue;
}

/** The lanes of a run. */
export interface Lanes {
  /**
   * The lane where a call would start soonest: the one with the least work waiting and running.
   *
   * @throws {MillraceError} `HOST_MISSING` where the run has no host.
   */
  shortest(): Lane;
  /** The client of a lane with other limits; the same one for the same limits, since the calls of a client share a timer. */
  withClocks(ollama: Ollama, clocks: Clocks): Ollama;
}

/** One lane a host, each with `parallel` calls in flight. */
export function createLanes(hosts: readonly Ollama[], parallel: number): Lanes {
  const lanes = hosts.map((ollama): Lane => ({ ollama, queue: new PQueue({ concurrency: parallel }) }));
  const clients = new Map<Ollama, Map<string, Ollama>>(hosts.map((ollama) => [ollama, new Map()]));
  const work = ({ queue }: Lane): number => queue.size + queue.pending;
  return {
    shortest: () => {
      const [first] = lanes;
      if (!first) throw new MillraceError('HOST_MISSING', 'A step asks a model, and the run has no host to ask.');
      return lanes.reduce((best, lane) => (work(lane) < work(best) ? lane : best), first);
    },
    withClocks: (ollama, clocks) => {
      const known = clients.get(ollama);
      const name = JSON.stringify(clocks);
      const client = known?.get(name) ?? ollama.withClocks(clocks);
      known?.set(name, client);
      return client;
    },
  };
}
