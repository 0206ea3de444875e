import type { Clocks, Ollama } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { Observable } from 'rxjs';
import { type Ask, loadOf } from './ask.ts';
import { createBacklog, type Ticket } from './backlog.ts';
import { type Lane, openLane } from './lane.ts';
import type { ResidentModel } from './residents.ts';

/** The lanes of a run. */
export interface Lanes {
  /** How many calls may be in flight, on all hosts together. */
  readonly slots: number;
  readonly all: readonly Lane[];
  /**
   * Makes a call on the first host that is free for it. The slot is free again when the call has been torn down: completed, failed or
   * unsubscribed.
   *
   * @param begin Called when the slot is there; what it returns is said before the call.
   * @throws {MillraceError} `HOST_MISSING` where the run has no host.
   */
  run<T>(ask: Ask, begin: (lane: Lane) => T | undefined, call: (lane: Lane) => Observable<T>): Observable<T>;
  /** The client of a lane with other limits; the same one for the same limits, since the calls of a client share a timer. */
  withClocks(ollama: Ollama, clocks: Clocks): Ollama;
  /** Lets the models that were held for the run go as others do. */
  release(): Promise<void>;
  close(): void;
}

/** What lanes are made with. */
export interface LanesOptions {
  readonly hosts: readonly Ollama[];
  /** Calls in flight on each host; `auto`: as many as it serves at once. */
  readonly parallel: number | 'auto';
  /** The models in memory of each host. */
  readonly residents: readonly (readonly ResidentModel[])[];
  /** Somebody waits for its calls, which go before those of batches on this machine. */
  readonly isUrgent: boolean;
  /** A host is told to load a model; with its milliseconds when it has. */
  onLoad(host: string, ask: Ask, ms?: number): void;
}

/** One lane a host, over one backlog. */
export function createLanes({ hosts, parallel, residents, isUrgent, onLoad }: LanesOptions): Lanes {
  const backlog = createBacklog();
  const asks = new Map<string, Ask>();
  const lookAtAll = (): void => {
    for (const lane of lanes) lane.look();
  };
  const lanes: readonly Lane[] = hosts.map((ollama, index) =>
    openLane(ollama, {
      index,
      backlog,
      parallel: parallel === 'auto' ? undefined : parallel,
      residents: residents[index] ?? [],
      isUrgent,
      othersAreUp: () => lanes.some((lane, other) => other !== index && lane.isUp),
      onChange: lookAtAll,
      askOf: (load) => asks.get(load) as Ask, // it came with a call
      onLoad: (ask, ms) => onLoad(ollama.baseUrl, ask, ms),
    }),
  );
  const clients = new Map<Ollama, Map<string, Ollama>>(hosts.map((ollama) => [ollama, new Map()]));
  const [only] = lanes.length === 1 ? lanes : [];

  const put = (ticket: Ticket, jobOf: (lane: Lane) => () => Promise<unknown>): void => {
    if (only) {
      backlog.put(ticket);
      only.queue(ticket, jobOf(only));
      only.look();
      return;
    }
    const byWork = lanes.toSorted((a, b) => b.inFlight / b.limit - a.inFlight / a.limit);
    for (const lane of byWork) lane.queue(ticket, jobOf(lane));
    backlog.put(ticket);
    for (const lane of byWork.reverse()) if (!ticket.isGone) lane.look();
  };

  return {
    get slots() {
      return lanes.reduce((sum, { limit }) => sum + limit, 0);
    },
    all: lanes,
    run: (ask, begin, call) =>
      new Observable((subscriber) => {
        if (lanes.length === 0)
          throw new MillraceError('HOST_MISSING', 'A step asks a model, and the run has no host to ask.');
        const load = loadOf(ask.model, ask.options);
        if (!asks.has(load)) asks.set(load, ask);
        const ticket: Ticket = { load, order: ask.order, jobs: [], isGone: false };
        put(ticket, (lane) => () => {
          if (subscriber.closed) return Promise.resolve();
          return new Promise((freeSlot) => {
            subscriber.add(freeSlot as () => void);
            const first = begin(lane);
            if (first !== undefined) subscriber.next(first);
            if (!subscriber.closed) call(lane).subscribe(subscriber);
          });
        });
        // What nobody waits for any more gives its turn to the next.
        subscriber.add(() => backlog.remove(ticket));
      }),
    withClocks: (ollama, clocks) => {
      const known = clients.get(ollama);
      const name = JSON.stringify(clocks);
      const client = known?.get(name) ?? ollama.withClocks(clocks);
      known?.set(name, client);
      return client;
    },
    release: async () => {
      await Promise.all(lanes.map((lane) => lane.release()));
    },
    close: () => {
      for (const lane of lanes) lane.close();
    },
  };
}
