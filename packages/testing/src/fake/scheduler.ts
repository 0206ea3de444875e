import type { InstalledModel } from './fake-model.ts';
import { armIdleTimer } from './idle-unload.ts';
import { fitsLoaded, type LoadOptions } from './load-options.ts';
import { chooseVictim, createRunner, type Outcome, type Runner, type Ticket, usersOf } from './runner.ts';
import { createSlots } from './slots.ts';

/** The server's settings that rule who waits for what. */
export interface SchedulerOptions {
  /** OLLAMA_MAX_LOADED_MODELS. */
  readonly maxLoadedModels: number;
  /** OLLAMA_MAX_QUEUE: requests that wait for a load, beside the one being handled. */
  readonly maxQueue: number;
  /** OLLAMA_KEEP_ALIVE, in milliseconds. */
  readonly keepAliveMs: number;
  /** A load begins; `isReload` where the model was loaded with other options. */
  readonly onLoad: (model: InstalledModel, load: LoadOptions, isReload: boolean) => void;
  readonly onUnload: (model: InstalledModel) => void;
  /** Somebody has come or gone. */
  readonly onChange: () => void;
}

/** What a request asks of the scheduler. */
export type SlotRequest = Pick<Ticket, 'model' | 'load' | 'keepAliveMs'>;

/** Who runs where, by the rules of a real server. */
export interface Scheduler {
  /** Calls `done` once, at once where a slot is free; the returned function gives up, or gives the slot back. */
  acquire(request: SlotRequest, done: (outcome: Outcome) => void): () => void;
  /** Unloads a model as soon as nobody uses it. */
  expire(model: InstalledModel): void;
  /** What is loaded, by weights. */
  readonly runners: ReadonlyMap<string, Runner>;
  /** Requests waiting for a load, without the one being handled. */
  readonly queued: number;
  /** Requests that hold a slot. */
  readonly running: number;
  /** Stops every timer; nobody is called any more. */
  close(): void;
}

/**
 * Schedules like Ollama: a request whose model is loaded and fits waits for a slot only, first come first served;
 * every other one goes through one queue that is worked off one by one, so that a head which waits for an eviction
 * or a load holds up all behind it. Only that queue can be full.
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const runners = new Map<string, Runner>();
  const pending: Ticket[] = [];
  let head: Ticket | undefined;
  let headReloads = false;
  let loading: NodeJS.Timeout | undefined;

  const slots = createSlots((runner) => {
    if (runner.expiring || runner.keepAliveMs <= 0) unload(runner);
    else armIdleTimer(runner, unload);
  });

  function dispatch(): void {
    while (!head && pending.length > 0) {
      head = pending.shift() as Ticket; // length was checked
      head.state = 'head';
      headReloads = false;
      advance(head);
    }
  }

  /** Takes the head one step further; called again whenever a model has gone. */
  function advance(ticket: Ticket) {
    const runner = runners.get(ticket.model.weights);
    if (runner && fitsLoaded(runner.load, ticket.load)) {
      head = undefined;
      return slots.attach(runner, ticket);
    }
    if (runner) headReloads = true;
    const victim = runner ?? (runners.size >= options.maxLoadedModels ? chooseVictim(runners.values()) : undefined);
    if (victim) evict(victim);
    else startLoad(ticket);
  }

  function startLoad(ticket: Ticket) {
    options.onLoad(ticket.model, ticket.load, headReloads);
    if (ticket.model.loadMs <= 0) return endLoad(ticket);
    loading = setTimeout(() => {
      endLoad(ticket);
      dispatch();
    }, ticket.model.loadMs);
  }

  function endLoad(ticket: Ticket) {
    loading = undefined;
    head = undefined;
    if (ticket.model.loadError !== undefined)
      return refuse(ticket, { kind: 'failed', message: ticket.model.loadError });
    const runner = createRunner(ticket, options.keepAliveMs);
    runners.set(ticket.model.weights, runner);
    slots.attach(runner, ticket);
  }

  function evict(runner: Runner): void {
    runner.expiring = true;
    if (usersOf(runner) === 0) unload(runner);
  }

  function unload(runner: Runner): void {
    clearTimeout(runner.timer);
    runners.delete(runner.model.weights);
    options.onUnload(runner.model);
    if (!head || loading) return;
    advance(head);
    dispatch();
  }

  /** The client has gone, or its answer is over; a load that was under way for it is broken off. */
  function leave(ticket: Ticket) {
    if (ticket.state === 'over') return;
    if (ticket.state === 'pending') pending.splice(pending.indexOf(ticket), 1);
    if (ticket.state !== 'head') return slots.detach(ticket);
    clearTimeout(loading);
    loading = undefined;
    head = undefined;
    ticket.state = 'over';
    dispatch();
  }

  return {
    acquire(request, done) {
      const now = performance.now();
      const ticket: Ticket = { ...request, arrivedAt: now, attachedAt: now, done, state: 'pending', runner: undefined };
      const runner = runners.get(ticket.model.weights);
      if (runner && fitsLoaded(runner.load, ticket.load)) slots.attach(runner, ticket);
      else if (head && pending.length >= options.maxQueue) refuse(ticket, { kind: 'busy' });
      else {
        pending.push(ticket);
        dispatch();
      }
      options.onChange();
      return () => {
        leave(ticket);
        options.onChange();
      };
    },
    expire(model) {
      const runner = runners.get(model.weights);
      if (runner) evict(runner);
    },
    runners,
    get queued() {
      return pending.length;
    },
    get running() {
      return slots.running;
    },
    close() {
      clearTimeout(loading);
      for (const runner of runners.values()) clearTimeout(runner.timer);
    },
  };
}

function refuse(ticket: Ticket, outcome: Outcome): void {
  ticket.state = 'over';
  ticket.done(outcome);
}
