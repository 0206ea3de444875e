import type { Ollama } from '@millrace/core';
import PQueue from 'p-queue';

/** A host and the queue of the calls to it. */
export interface Lane {
  readonly ollama: Ollama;
  readonly queue: PQueue;
}

/** The lanes of a run. */
export interface Lanes {
  /** The lane where a call would start soonest: the one with the least work waiting and running. */
  shortest(): Lane;
}

/** One lane a host, each with `parallel` calls in flight. */
export function createLanes(hosts: readonly Ollama[], parallel: number): Lanes {
  const lanes = hosts.map((ollama): Lane => ({ ollama, queue: new PQueue({ concurrency: parallel }) }));
  const work = ({ queue }: Lane): number => queue.size + queue.pending;
  return { shortest: () => lanes.reduce((best, lane) => (work(lane) < work(best) ? lane : best)) };
}
