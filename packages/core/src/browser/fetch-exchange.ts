import { Observable, type Observer, type Subscriber } from 'rxjs';
import { callDescriber, prefixOf } from '../base-url.ts';
import { type Call, modelOf } from '../call.ts';
import { type ClockLimits, timedOut } from '../clocks.ts';
import { brokenOff } from '../exchange-errors.ts';
import type { Exchange, Reader } from '../exchange-types.ts';
import { createClocks, type RunningClocks, type StartClocks } from '../running-clocks.ts';
import { unanswered } from './fetch-errors.ts';
import { isRefusal, readRefusal } from './fetch-refusal.ts';
import { requestOf } from './fetch-request.ts';

/** Where an exchange over `fetch` sends to, and how. */
export interface FetchExchangeOptions {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ClockLimits;
}

/** The border to the network in a browser. */
export interface FetchExchange {
  readonly exchange: Exchange;
  /** Ends every call that runs; they fail. */
  close(): void;
}

/** What the requests of a client have in common. */
interface Way {
  readonly options: FetchExchangeOptions;
  readonly url: string;
  readonly describe: (call: Call) => string;
  readonly startClocks: StartClocks;
  readonly running: Set<AbortController>;
}

/**
 * Creates the border to the network over `fetch`. Cold: subscribing sends, unsubscribing aborts in any phase.
 *
 * @param running The calls that `close` ends; shared by the exchanges of one client.
 */
export function createFetchExchange(
  options: FetchExchangeOptions,
  running = new Set<AbortController>(),
): FetchExchange {
  const { base, limits } = options;
  const way: Way = {
    options,
    url: base.origin + prefixOf(base),
    describe: callDescriber(base),
    // When a connection opens, a browser tells nobody: that time is a part of the wait for the first byte.
    startClocks: createClocks({ ...limits, connectMs: 0 }),
    running,
  };
  return {
    exchange: <T>(call: Call, reader?: Reader<T>) =>
      reader === undefined
        ? new Observable<Uint8Array>((subscriber) => start(way, call, subscriber, subscriber))
        : new Observable<T>((subscriber) => start(way, call, subscriber, reader(subscriber))),
    close: () => {
      for (const call of running) call.abort(new Error('the client was closed'));
    },
  };
}

/** What the steps of one subscription share. */
export interface FetchFlight {
  readonly where: string;
  readonly model: string | undefined;
  readonly clocks: RunningClocks;
  readonly subscriber: Subscriber<never>;
  /** Takes the body and the error. */
  readonly reader: Observer<Uint8Array>;
}

function start(way: Way, call: Call, subscriber: Subscriber<never>, reader: Observer<Uint8Array>): void {
  const where = way.describe(call);
  const request = requestOf(way.options, call, where);
  const abort = new AbortController();
  const clocks = way.startClocks((name) => reader.error(timedOut(where, name, way.options.limits)));
  const flight: FetchFlight = { where, model: modelOf(call), clocks, subscriber, reader };
  way.running.add(abort);
  subscriber.add(() => {
    clocks.stop();
    way.running.delete(abort);
    abort.abort();
  });
  // How far an upload has come `fetch` does not tell: waiting for the answer begins behind it.
  if (call.upload === undefined) clocks.connected();
  fetch(way.url + call.path, { ...request, signal: abort.signal }).then(
    (response) => subscriber.closed || receive(response, flight),
    (cause: Error) => subscriber.closed || reader.error(unanswered(where, cause, way.options.base)),
  );
}

function receive(response: Response, flight: FetchFlight): void {
  if (isRefusal(response)) readRefusal(response, flight);
  else if (response.body === null) flight.reader.complete();
  else pump(response.body.getReader(), flight);
}

// Not a loop in an async function: an exception of who reads must not look like one of the connection.
function pump(body: ReadableStreamDefaultReader<Uint8Array>, flight: FetchFlight): void {
  const { where, clocks, subscriber, reader } = flight;
  body.read().then(
    ({ done, value }) => {
      if (subscriber.closed) return;
      if (done) return reader.complete();
      clocks.heard = true;
      reader.next(value);
      if (!subscriber.closed) pump(body, flight);
    },
    (cause: Error) => subscriber.closed || reader.error(brokenOff(where, cause)),
  );
}
