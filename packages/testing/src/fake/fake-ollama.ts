import type { IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../loopback-server.ts';
import { readBody } from '../read-body.ts';
import { createWorld } from './create-world.ts';
import type { FakeOllamaOptions } from './fake-ollama-options.ts';
import { createFaultChooser } from './faults.ts';
import { parseKeepAlive } from './go-duration.ts';
import type { LoadOptions } from './load-options.ts';
import { createRequestLog, type FakeRequest } from './request-log.ts';
import { createScheduler } from './scheduler.ts';
import { serve } from './serve.ts';
import { createWaiters, type WaitOptions } from './waiters.ts';

/** One load of a model. */
export interface FakeLoad {
  readonly model: string;
  readonly options: LoadOptions;
  /** True where it was loaded with other options until then. */
  readonly reload: boolean;
  /** Of `performance.now()`. */
  readonly at: number;
}

/** A running fake server. */
export interface FakeOllama {
  readonly url: string;
  readonly port: number;
  /** All requests in order of arrival; empty with `record: false`. */
  readonly requests: readonly FakeRequest[];
  /** Requests that came, kept or not. */
  readonly total: number;
  /** Those of them that asked a model for an answer; others list something, or load a model. */
  readonly asked: number;
  /** Requests whose answer is not over, on any path. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** The most questions at once; others list something, or load a model. */
  readonly maxAsked: number;
  /** Requests that hold a slot. */
  readonly running: number;
  readonly maxRunning: number;
  /** Requests waiting for a load, without the one being handled. */
  readonly queued: number;
  /** Requests whose client went before the answer was whole. */
  readonly aborted: number;
  readonly loads: readonly FakeLoad[];
  /** Names of models that were unloaded, in order. */
  readonly unloads: readonly string[];
  /** Names of the models that are loaded now. */
  readonly loaded: readonly string[];
  /**
   * Settles once the predicate holds, now or after an event.
   *
   * @throws {Error} After `timeoutMs` (default 5000), or when the server is closed before.
   */
  waitFor(predicate: (fake: FakeOllama) => boolean, options?: WaitOptions): Promise<void>;
  /** Ends all connections at once and frees the port. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that speaks and schedules like Ollama, and fails where it is told to. */
export async function startFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const loads: FakeLoad[] = [];
  const unloads: string[] = [];
  const waiters = createWaiters();
  let maxRunning = 0;

  const log = createRequestLog({
    record: options.record ?? true,
    onEvent(request, event) {
      maxRunning = Math.max(maxRunning, scheduler.running);
      if (event === 'aborted') options.onAbort?.(request);
      options.onEvent?.(request, event);
      waiters.check();
    },
  });
  const scheduler = createScheduler({
    maxLoadedModels: options.maxLoadedModels ?? 3,
    maxQueue: options.maxQueue ?? 512,
    keepAliveMs: millisecondsOf(options.keepAlive ?? '5m'),
    onLoad(model, load, reload) {
      loads.push({ model: model.name, options: load, reload, at: performance.now() });
      waiters.check();
    },
    onChange: waiters.check,
    onUnload(model) {
      unloads.push(model.name);
      waiters.check();
    },
  });
  const world = createWorld(options, scheduler);
  const chooseFaults = createFaultChooser(options.faults);

  const { url, port, close } = await listenOnLoopback((incoming, response) => {
    const open = log.open(incoming.method ?? 'GET', pathOf(incoming));
    const aborted = () => open.event('aborted');
    response.once('close', aborted);
    readBody(incoming, (rawBody) => {
      response.off('close', aborted);
      serve(world, incoming, response, { open, rawBody, chooseFaults });
    });
  }, options.port);

  const fake: FakeOllama = {
    url,
    port,
    requests: log.requests,
    loads,
    unloads,
    get total() {
      return log.total;
    },
    get asked() {
      return log.asked;
    },
    get inFlight() {
      return log.inFlight;
    },
    get maxInFlight() {
      return log.maxInFlight;
    },
    get maxAsked() {
      return log.maxAsked;
    },
    get aborted() {
      return log.aborted;
    },
    get running() {
      return scheduler.running;
    },
    get maxRunning() {
      return maxRunning;
    },
    get queued() {
      return scheduler.queued;
    },
    get loaded() {
      return [...scheduler.runners.values()].map((runner) => runner.model.name);
    },
    waitFor: (predicate, wait) => waiters.waitFor(() => predicate(fake), { what: String(predicate), ...wait }),
    async close() {
      await close();
      scheduler.close();
      waiters.close();
    },
  };
  return fake;
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function millisecondsOf(keepAlive: string | number): number {
  const parsed = parseKeepAlive(keepAlive);
  if ('error' in parsed) throw new RangeError(`keepAlive: ${parsed.error}`);
  return parsed.ms;
}
