import { catchError, defer, EMPTY, finalize, ignoreElements, type Observable, share, tap } from 'rxjs';
import { fullName } from './full-name.ts';

/** What the answers of `/api/tags` and `/api/ps` have in common. */
export interface ModelList {
  readonly models: readonly { readonly name: string }[];
}

/** Which models a host has at one of its routes, as it said last and as the calls since then tell. */
export interface Listing {
  /** Full names; undefined where nothing is known. */
  readonly names: ReadonlySet<string> | undefined;
  /** By `performance.now()`: from when on it is to be asked again, beside the calls. Never, while it is asked. */
  readonly dueAt: number;
  /** From when on a call is to wait for that. */
  readonly overdueAt: number;
  has(name: string): boolean;
  /** Notes what a call has told; nothing where nothing is known. */
  set(name: string, there: boolean): void;
  /** Something has changed: it is due, though not within a second of the last time. */
  expire(): void;
  /** The host may have another list by now: it is due at once. */
  restart(keep: 'names' | 'nothing'): void;
  /** The host did not answer in time: calls wait for it no more. */
  giveUp(): void;
  /** Asks. Cold, but one request for all that are subscribed; completes without a value, also where the host fails. */
  ask(): Observable<never>;
}

/** Shortest time between two questions. */
const calmMs = 1000;
/** A list that is so many times older than it should be is not trusted. */
const patience = 10;

/** What a list is made of. */
export interface ListingOptions {
  readonly list: () => Observable<ModelList>;
  /** What is taken for known until the host has told. */
  readonly first: 'nothing is known' | 'there are none';
  readonly maxAgeMs: number;
  /** Is told how each question ended. */
  readonly outcome: (error?: unknown) => void;
}

/** Creates a list that has still to be asked for. */
export function createListing({ list, first, maxAgeMs, outcome }: ListingOptions): Listing {
  const inTheBeginning = (): Set<string> | undefined => (first === 'there are none' ? new Set() : undefined);
  let names = inTheBeginning();
  let askedAt = Number.NEGATIVE_INFINITY;
  let dueAt = askedAt;
  let isAsking = false;
  let overdueAt = askedAt;
  const asked = (): void => {
    askedAt = performance.now();
    dueAt = askedAt + maxAgeMs;
    overdueAt = askedAt + maxAgeMs * patience;
  };
  const question = defer(() => {
    isAsking = true;
    return list();
  }).pipe(
    tap(({ models }) => {
      names = new Set(models.map(({ name }) => fullName(name)));
      asked();
      outcome();
    }),
    catchError((error: unknown) => {
      asked();
      outcome(error);
      return EMPTY;
    }),
    finalize(() => {
      isAsking = false;
    }),
    ignoreElements(),
    share(),
  );
  return {
    get names() {
      return names;
    },
    get dueAt() {
      return isAsking ? Number.POSITIVE_INFINITY : dueAt;
    },
    get overdueAt() {
      return overdueAt;
    },
    has: (name) => names?.has(name) === true,
    set: (name, there) => {
      if (there) names?.add(name);
      else names?.delete(name);
    },
    expire: () => {
      dueAt = Math.min(dueAt, askedAt + calmMs);
    },
    restart: (keep) => {
      if (keep === 'nothing') names = inTheBeginning();
      askedAt = dueAt = Number.NEGATIVE_INFINITY;
    },
    giveUp: () => {
      if (overdueAt <= performance.now()) asked();
    },
    ask: () => question,
  };
}
