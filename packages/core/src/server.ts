import { map, type Observable } from 'rxjs';
import { callDescriber } from './base-url.ts';
import { type Call, modelOf } from './call.ts';
import type { Exchange } from './exchange-types.ts';
import { jsonValue } from './json-value.ts';
import { malformed } from './malformed.ts';
import { MessageReader } from './message-reader.ts';
import type { MessageOrigin, MessageShape } from './messages.ts';
import { noValue } from './no-value.ts';
import { ValueReader } from './value-reader.ts';
import { wholeText } from './whole-text.ts';

/** One server, as the endpoints see it. Every function is cold: each subscription is one request. */
export interface Server {
  /** An answer of many messages, up to and including the final one. */
  stream<T extends object>(call: Call, shape: MessageShape<T>): Observable<T>;
  /** An answer of one JSON object. */
  single<T extends object>(call: Call): Observable<T>;
  /** An answer without content; emits `undefined` when all went well. */
  nothing(call: Call): Observable<undefined>;
  /** An answer of plain text, trimmed; a web page is none. */
  text(call: Call): Observable<string>;
  /** The call as error messages name it. */
  where(call: Call): string;
}

/** Puts the way from bytes to messages behind the forms an endpoint's answer has. */
export function createServer(exchange: Exchange, base: URL, maxLineBytes: number): Server {
  const where = callDescriber(base);
  const originOf = (call: Call): MessageOrigin => ({ where: where(call), model: modelOf(call) });
  return {
    stream: (call, shape) => {
      const origin = originOf(call);
      return exchange(call, (subscriber) => {
        const messages = new MessageReader(subscriber, shape, origin);
        return new ValueReader(messages, origin.where, maxLineBytes);
      });
    },
    single: (call) => exchange(call).pipe(jsonValue(originOf(call), maxLineBytes)),
    nothing: (call) => exchange(call).pipe(noValue(originOf(call), maxLineBytes)),
    text: (call) => {
      const check = (text: string): string => {
        if (text.startsWith('<')) throw malformed(where(call), 'plain text', text);
        return text;
      };
      return exchange(call).pipe(wholeText(where(call), maxLineBytes), map(check));
    },
    where,
  };
}
