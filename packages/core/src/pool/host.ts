import { inBackground } from '../background.ts';
import type { Ollama } from '../ollama.ts';
import { createHealth, type Health, type HealthOptions } from './health.ts';
import { createListing, type Listing } from './listing.ts';
import { createPaceMeter, type PaceMeter } from './pace-meter.ts';
import { createRest, type Rest } from './rest.ts';

/** One host of a pool, and what is known of it. */
export interface Host {
  readonly url: string;
  readonly client: Ollama;
  readonly health: Health;
  readonly rest: Rest;
  /** The models on its disk. */
  readonly installed: Listing;
  /** The models in its memory. */
  readonly loaded: Listing;
  readonly pace: PaceMeter;
  /** Takes no new calls. */
  isDraining: boolean;
  /** Calls that are subscribed to. */
  readonly inFlight: number;
  /** What they measure. */
  readonly tokensInFlight: number;
  /** Whether a call of this model is in flight: then it is in memory, or on its way there. */
  works(model: string): boolean;
  begin(model: string | undefined, tokens: number): void;
  end(model: string | undefined, tokens: number): void;
  /** Settles when no call is in flight. */
  whenIdle(): Promise<void>;
}

/** How often a host is asked what it has, and how long that may take. */
export interface HostOptions {
  readonly refreshMs: number;
  readonly health: HealthOptions;
}

/** An answer to a question about models that takes longer than this is given up. */
const listMs = 10_000;
/** Models come and go on disks less often than in memory. */
const diskFactor = 10;

/** Puts a client behind the books that a pool keeps on it. */
export function createHost(client: Ollama, { refreshMs, health: healthOptions }: HostOptions): Host {
  const health = createHealth(client, healthOptions);
  const quiet = inBackground(client).withClocks({ totalMs: listMs });
  const { note: outcome } = health;
  const installed = createListing({
    list: () => quiet.tags(),
    first: 'nothing is known',
    maxAgeMs: refreshMs * diskFactor,
    outcome,
  });
  const loaded = createListing({ list: () => quiet.ps(), first: 'there are none', maxAgeMs: refreshMs, outcome });
  const pace = createPaceMeter();
  health.changes.subscribe((isUp) => {
    // What comes back may have been started anew, on another disk.
    loaded.restart('nothing');
    pace.restart();
    if (isUp) installed.restart('names');
  });
  const working = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let tokensInFlight = 0;
  const count = (model: string | undefined, by: 1 | -1): void => {
    if (model === undefined) return;
    const calls = (working.get(model) ?? 0) + by;
    if (calls === 0) working.delete(model);
    else working.set(model, calls);
  };
  return {
    url: client.baseUrl,
    client,
    health,
    rest: createRest(),
    installed,
    loaded,
    pace,
    isDraining: false,
    get inFlight() {
      return inFlight;
    },
    get tokensInFlight() {
      return tokensInFlight;
    },
    works: (model) => working.has(model),
    begin: (model, tokens) => {
      if (inFlight === 0) pace.busy();
      inFlight += 1;
      tokensInFlight += tokens;
      count(model, 1);
    },
    end: (model, tokens) => {
      inFlight -= 1;
      // Fractions add up to other sums in another order.
      tokensInFlight = inFlight === 0 ? 0 : tokensInFlight - tokens;
      count(model, -1);
      if (inFlight > 0) return;
      pace.idle();
      for (const settle of waiting.splice(0)) settle();
    },
    whenIdle: () => new Promise((resolve) => (inFlight === 0 ? resolve() : waiting.push(resolve))),
  };
}
