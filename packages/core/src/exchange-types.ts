import type { Observable, Observer, Subscriber } from 'rxjs';
import type { Call } from './call.ts';

/** Sends one call. Cold: subscribing sends, unsubscribing gives up in any phase. */
export interface Exchange {
  /** The body of a successful answer as it arrives. */
  (call: Call): Observable<Uint8Array>;
  /** What `reader` makes of the body: an observer of the bytes that hands its values, or the error, to the subscriber. */
  <T>(call: Call, reader: Reader<T>): Observable<T>;
}

/** Made anew for each subscription. It saves the two subscribers that a chunk passes with each operator of a pipe. */
export type Reader<T> = (subscriber: Subscriber<T>) => Observer<Uint8Array>;
