import { createHealth, type Ollama, type Usage } from '@millrace/core';
import PQueue from 'p-queue';
import type { Subscription } from 'rxjs';
import { openClaims } from '../turns/claims.ts';
import { createHostTurns, type HostTurns } from '../turns/host-turns.ts';
import type { Ask } from './ask.ts';
import type { Backlog, Ticket } from './backlog.ts';
import { createParallelFinder } from './find-parallel.ts';
import { createHolds } from './holds.ts';
import { type LaneQueue, queueClassOf, type TicketOptions } from './queue-class.ts';
import { holdsModelOf, isResident, type ResidentModel, residentsOf } from './residents.ts';

/** A host and the calls that are made to it. */
export interface Lane {
  readonly ollama: Ollama;
  /** Calls in flight. */
  readonly inFlight: number;
  /** As many may be. */
  readonly limit: number;
  /** As it was when the last load ended. */
  readonly residents: readonly ResidentModel[];
  /** Puts a call in line here; it begins where it can first. */
  queue(ticket: Ticket, job: () => Promise<unknown>): void;
  /** Looks whether a call can begin. */
  look(): void;
  /** A call begins; to be given back with its figures. */
  begin(): number;
  /** A call has ended with these figures. */
  note(begun: number, usage: Usage): void;
  /** The host has refused a call, since it has too many. */
  refused(): void;
  /** Whether the host is there, as far as its calls tell. */
  readonly isUp: boolean;
  /** How a call went: its error, or nothing where an answer came. */
  heard(error?: unknown): void;
  /** Lets the models that were held for the run go as others do. */
  release(): Promise<void>;
  /** Ends a load that nobody waits for any more. */
  close(): void;
}

/** What a lane shares with the others of its run. */
export interface LaneOptions {
  /** Its place among them. */
  readonly index: number;
  readonly backlog: Backlog;
  /** Absent: as many as the host serves at once, which is found out. */
  readonly parallel: number | undefined;
  readonly residents: readonly ResidentModel[];
  /** Somebody waits for its calls: they take turns with nobody. */
  readonly isUrgent: boolean;
  /** Whether another host is there, so that nothing is asked of this one while it is not. */
  othersAreUp(): boolean;
  /** The host is gone, or there again. */
  onChange(): void;
  /** What the calls for a load ask. */
  askOf(load: string): Ask;
  /** The host is told to load a model; with its milliseconds when it has. */
  onLoad(ask: Ask, ms?: number): void;
}

/**
 * Opens a lane. It makes the calls for one load after the other, and changes to the next when no call of the one before is left: a host that
 * has room for one model would let the next load wait for those calls, and all others behind it. A model is loaded by a request of its own
 * before its first call.
 */
export function openLane(
  ollama: Ollama,
  { index, backlog, parallel, isUrgent, othersAreUp, onChange, askOf, onLoad, ...options }: LaneOptions,
): Lane {
  const found = createParallelFinder();
  const holds = createHolds(ollama);
  const health = createHealth(ollama);
  const changes = health.changes.subscribe(onChange);
  let { residents } = options;
  let load: string | undefined;
  let loading: Subscription | undefined;
  let isLoading = false;
  /** A load has ended, and the host was not asked yet what it has now. */
  let isStale = false;
  /** Others had the host, and may have left another model there. */
  let isBack = false;
  const turns: HostTurns | undefined = isUrgent
    ? undefined
    : createHostTurns(openClaims(ollama.baseUrl), {
        isBeside: (other) => holdsModelOf(residents, other),
        onChange: () => {
          isBack = true;
          if (turns?.isOwn) refresh().then(look, () => {});
        },
        onWait: () => void refresh(),
      });
  const refresh = async (): Promise<void> => {
    residents = await residentsOf(ollama);
  };

  // Where all are gone, calls may as well find that out, and tell it.
  const isGone = (): boolean => !health.isUp && othersAreUp();
  const next = (): Ticket | undefined => {
    if (isLoading || isBack || load === undefined || isGone() || turns?.isOwn === false) return undefined;
    const ticket = backlog.first(load);
    return ticket?.jobs[index] ? ticket : undefined;
  };
  const queue = new PQueue<LaneQueue, TicketOptions>({
    concurrency: parallel ?? found.limit,
    queueClass: queueClassOf(index, backlog, next),
  });
  /** Setting it, also to what it was, has the queue look for calls. */
  const start = (): void => {
    queue.concurrency = parallel ?? found.limit;
  };
  const look = (): void => {
    if (isLoading || backlog.size === 0 || isGone()) return;
    if (isBack || load === undefined || backlog.count(load) === 0) {
      const other = load !== undefined && backlog.count(load) > 0 ? load : backlog.earliest();
      if (other === undefined || queue.pending > 0 || isStale) return;
      turns?.want(other);
      if (turns?.isOwn === false) return;
      isBack = false;
      change(other);
    }
    if (!isLoading && queue.pending < queue.concurrency) start();
  };
  const change = (other: string): void => {
    const ask = askOf(other);
    load = other;
    if (isResident(residents, ask)) return;
    isLoading = true;
    onLoad(ask);
    const begun = performance.now();
    const end = (): void => {
      isLoading = false;
      onLoad(ask, performance.now() - begun);
      look();
      // What is there beside it only the next change has to know.
      isStale = true;
      void refresh().then(() => {
        isStale = false;
        look();
      });
    };
    // Why a load failed the calls will say.
    loading = holds.hold(ask).subscribe({ complete: end, error: end });
  };
  queue.on('next', look);

  return {
    ollama,
    get inFlight() {
      return queue.pending;
    },
    get limit() {
      return queue.concurrency;
    },
    get residents() {
      return residents;
    },
    queue: (ticket, job) => void queue.add(job, { ticket }),
    look,
    begin: found.begin,
    note: (begun, usage) => {
      found.note(begun, usage, backlog.size > 0);
      if (parallel === undefined && queue.concurrency !== found.limit) start();
    },
    refused: () => {
      found.refuse();
      if (parallel === undefined) start();
    },
    get isUp() {
      return health.isUp;
    },
    heard: health.note,
    release: () => holds.release(),
    close: () => {
      loading?.unsubscribe();
      changes.unsubscribe();
      turns?.close();
      health.close();
      queue.off('next', look);
    },
  };
}
