import type { Observable } from 'rxjs';
import { describeCall } from './base-url.ts';
import { type Call, modelOf } from './call.ts';
import type { Exchange } from './exchange.ts';
import { jsonValue } from './json-value.ts';
import { type MessageOrigin, type MessageShape, messages } from './messages.ts';
import { ndjson } from './ndjson.ts';

/** One server, as the endpoints see it. Both functions are cold: each subscription is one request. */
export interface Server {
  /** An answer of many messages, up to and including the final one. */
  stream<T extends object>(call: Call, shape: MessageShape<T>): Observable<T>;
  /** An answer of one JSON object. */
  single<T extends object>(call: Call): Observable<T>;
}

/** Puts the way from bytes to messages behind the two forms an endpoint's answer has. */
export function createServer(exchange: Exchange, base: URL, maxLineBytes: number): Server {
  const originOf = (call: Call): MessageOrigin => ({ where: describeCall(base, call), model: modelOf(call) });
  return {
    stream: (call, shape) => {
      const origin = originOf(call);
      return exchange(call).pipe(ndjson({ maxLineBytes, where: origin.where }), messages(shape, origin));
    },
    single: (call) => exchange(call).pipe(jsonValue(originOf(call), maxLineBytes)),
  };
}
