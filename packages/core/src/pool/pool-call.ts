import { isMillraceError } from '@millrace/errors';
import { Observable, type Observer, type Subscriber } from 'rxjs';
import type { InferenceMessage } from '../inference-message.ts';
import type { Ollama } from '../ollama.ts';
import { chooseHost, type Wanted } from './choose-host.ts';
import type { Host } from './host.ts';
import { allFailed, noHost, poolClosed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';
import { mayBeTakenElsewhere } from './taken-elsewhere.ts';
import { waitShareOf } from './wait-share.ts';

/** What is to be done at one host, whichever it is. */
export interface Work<T> {
  readonly send: (client: Ollama) => Observable<T>;
  /** Full name; undefined where any host will do. */
  readonly model: string | undefined;
  /** What it measures; 0 for a question. */
  readonly tokens: number;
  /** Whether another host may be asked the same where one does not take it. */
  readonly again: boolean;
  /** Whether the model is unloaded behind it. */
  readonly unloads?: boolean | undefined;
}

/** Does work at a host of the pool. Cold: a host is chosen for each subscription. */
export const atOneHost = <T>(pool: PoolState, view: PoolView, work: Work<T>): Observable<T> =>
  new Observable<T>((subscriber) => new PoolCall(pool, view, work, subscriber).start());

/** A load that takes longer, in nanoseconds, was one. A model that is in memory is ready sooner. */
const realLoad = 1e9;

/** One subscription; it takes the messages of the host that it is at. */
class PoolCall<T> implements Observer<T>, Wanted {
  readonly model: string | undefined;
  readonly tokens: number;
  tried: Set<Host> | undefined;
  private readonly pool: PoolState;
  private readonly view: PoolView;
  private readonly work: Work<T>;
  private readonly subscriber: Subscriber<T>;
  private host: Host | undefined;
  private wasLoaded = true;
  private hasBegun = false;
  private last: T | undefined;
  private errors: unknown[] | undefined;

  constructor(pool: PoolState, view: PoolView, work: Work<T>, subscriber: Subscriber<T>) {
    this.pool = pool;
    this.view = view;
    this.work = work;
    this.model = work.model;
    this.tokens = work.tokens;
    this.subscriber = subscriber;
  }

  start(): void {
    this.subscriber.add(() => this.leave());
    const hasChoice = this.model !== undefined && this.view.hosts.length > 1;
    this.goWhen(hasChoice ? this.pool.knowledge.refresh() : undefined);
  }

  next(message: T): void {
    if (!this.hasBegun) this.begun();
    this.last = message;
    this.subscriber.next(message);
  }

  complete(): void {
    const { host } = this;
    if (host !== undefined) {
      if (!this.hasBegun) host.health.note();
      if (this.tokens > 0) this.noteWork(host);
    }
    this.leave();
    this.subscriber.complete();
  }

  error(error: unknown): void {
    const { host, model } = this;
    this.leave();
    host?.health.note(error);
    host?.rest.note(error);
    const isElsewhere = host !== undefined && this.work.again && !this.hasBegun && mayBeTakenElsewhere(error);
    if (!isElsewhere || this.pool.isClosed) {
      this.subscriber.error(error);
      return;
    }
    this.errors = [...(this.errors ?? []), error];
    this.tried = (this.tried ?? new Set()).add(host);
    if (isNotFound(error) && model !== undefined) this.goWhen(this.lacks(host, model));
    else this.go();
  }

  private lacks(host: Host, model: string): Observable<never> | undefined {
    host.installed.set(model, false);
    host.loaded.set(model, false);
    return this.pool.knowledge.askAgain();
  }

  private goWhen(known: Observable<never> | undefined): void {
    if (known === undefined) this.go();
    else this.subscriber.add(known.subscribe({ complete: () => this.go() }));
  }

  private go(): void {
    const { pool, view, subscriber } = this;
    const host = pool.isClosed ? undefined : chooseHost(view.hosts, this, pool.loadTokens);
    if (host === undefined) subscriber.error(pool.isClosed ? poolClosed() : this.noneTookIt());
    else this.goTo(host);
  }

  private goTo(host: Host): void {
    this.host = host;
    this.wasLoaded = this.inMemory === undefined || host.loaded.has(this.inMemory);
    host.begin(this.inMemory, this.tokens);
    this.subscriber.add(this.work.send(this.view.clientOf(host)).subscribe(this));
  }

  /** The host has taken the call. */
  private begun(): void {
    this.hasBegun = true;
    this.host?.health.note();
    if (this.inMemory !== undefined) this.host?.loaded.set(this.inMemory, true);
  }

  private noteWork({ rest, pace, loaded }: Host): void {
    rest.note();
    pace.done(this.tokens, waitShareOf(this.last));
    if (this.inMemory === undefined) return;
    if (this.work.unloads === true) loaded.set(this.inMemory, false);
    // For a model that comes, others may have gone.
    const { load_duration = 0 } = (this.last ?? {}) as Partial<InferenceMessage>;
    if (!this.wasLoaded || load_duration > realLoad) loaded.expire();
  }

  private leave(): void {
    const { host } = this;
    if (host === undefined) return;
    this.host = undefined;
    host.end(this.inMemory, this.tokens);
  }

  /** The model, where the host needs it in memory for the call. */
  private get inMemory(): string | undefined {
    return this.tokens > 0 ? this.model : undefined;
  }

  private noneTookIt(): unknown {
    if (this.errors !== undefined) return allFailed(this.errors, 'did not take the call');
    return noHost(this.view.hosts.map(({ url }) => url));
  }
}

const isNotFound = (error: unknown): boolean => isMillraceError(error) && error.code === 'MODEL_NOT_FOUND';
