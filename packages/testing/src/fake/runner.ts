import type { InstalledModel } from './fake-model.ts';
import type { LoadOptions } from './load-options.ts';

/** One request on its way to a slot. */
export interface Ticket {
  readonly model: InstalledModel;
  readonly load: LoadOptions;
  /** Undefined leaves the instance's own keep-alive as it is. */
  readonly keepAliveMs: number | undefined;
  readonly arrivedAt: number;
  readonly done: (outcome: Outcome) => void;
  state: 'pending' | 'head' | 'waiting' | 'granted' | 'over';
  runner: Runner | undefined;
  /** When it found its model loaded; the time after that is waiting for a slot. */
  attachedAt: number;
}

/** What became of a request for a slot. */
export type Outcome =
  | { readonly kind: 'granted'; readonly runner: Runner; readonly loadMs: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly message: string };

/** A loaded model: its slots, who waits for one, and when it goes. */
export interface Runner {
  /** The model that was named when it was loaded. */
  readonly model: InstalledModel;
  readonly load: LoadOptions;
  readonly waiting: Ticket[];
  /** Texts whose tokens it has in memory, newest last; see `cachedShare`. */
  readonly prompts: string[];
  active: number;
  keepAliveMs: number;
  /** Marked for eviction: goes as soon as nobody uses it, though requests may still attach. */
  expiring: boolean;
  /** Milliseconds since the epoch; set whenever it falls idle. */
  expiresAt: number;
  timer: NodeJS.Timeout | undefined;
}

/** Requests that use or wait for it. */
export function usersOf(runner: Runner): number {
  return runner.active + runner.waiting.length;
}

/** The one to evict: idle ones first, among equals the shortest keep-alive, then the name. */
export function chooseVictim(runners: Iterable<Runner>): Runner | undefined {
  const order = (one: Runner, other: Runner) =>
    Number(usersOf(one) > 0) - Number(usersOf(other) > 0) ||
    (one.keepAliveMs === other.keepAliveMs ? 0 : one.keepAliveMs - other.keepAliveMs) ||
    (one.model.name < other.model.name ? -1 : 1);
  return [...runners].sort(order)[0];
}

/** A runner as it is right after the load that a ticket asked for. */
export function createRunner({ model, load }: Ticket, keepAliveMs: number): Runner {
  return {
    model,
    load,
    waiting: [],
    prompts: [],
    active: 0,
    keepAliveMs,
    expiring: false,
    expiresAt: Date.now(),
    timer: undefined,
  };
}
