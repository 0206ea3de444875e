import type { IncomingMessage, ServerResponse } from 'node:http';
import { corsHeaders } from '../cors.ts';
import type { Fault } from './faults.ts';
import { faultyWire, isWireFault } from './faulty-wire.ts';
import type { OpenRequest } from './request-log.ts';
import { directWire, type Headers, type Wire } from './wire.ts';

/** The one answer to a request. */
export interface Reply {
  /**
   * One JSON value, with a `content-length` up to 2 kB and chunked above, as Go does. The form `bare` has no charset
   * (pull), `late` neither that nor a length (errors of what was meant to be a stream).
   */
  json(status: number, value: unknown, form?: JsonForm): void;
  /** A body as it is; without a type where that is undefined. */
  plain(status: number, text: string, contentType?: string, headers?: Headers): void;
  /** Begins a stream of lines with status 200; once is enough, `write` and `end` do it too. */
  beginStream(): void;
  /** Sends whole lines, each with its newline. */
  write(lines: string): void;
  /** Sends last lines and ends in good order. */
  end(lines?: string): void;
  /** Resets the connection, after what was written. */
  reset(): void;
  /** Closes the connection, after what was written, without ending the message. */
  cut(): void;
  /** Called if the client goes before the answer is whole; one callback, the last one counts. */
  onGone(callback: () => void): void;
  /** Whether nothing more can be sent: the answer is whole or broken off, or the client has gone. */
  readonly over: boolean;
}

/** What the headers of a JSON value look like. */
export type JsonForm = 'usual' | 'bare' | 'late';

const largestPlain = 2048;

/** Wraps a response and tells the log what becomes of it; `isHead` leaves the body out. */
export function createReply(
  incoming: IncomingMessage,
  response: ServerResponse,
  open: OpenRequest,
  faults: readonly Fault[],
): Reply {
  const { socket } = incoming;
  const wire: Wire = faults.some(isWireFault) ? faultyWire(socket, faults) : directWire(response);
  let begun = false;
  let over = false;
  let gone: (() => void) | undefined;

  response.once('close', () => {
    if (over) return;
    over = true;
    gone?.();
    open.event('aborted');
  });

  function begin(status: number, headers: Headers): void {
    begun = true;
    open.setStatus(status);
    open.event('firstByte');
    wire.head(status, { ...corsHeaders(incoming.headers), ...headers });
  }

  function whole(status: number, text: string, headers: Headers): void {
    begin(status, headers);
    finish(() => wire.end(incoming.method === 'HEAD' ? '' : text));
  }

  function finish(last: () => void): void {
    if (over) return;
    over = true;
    open.event('ended');
    last();
  }

  const beginStream = () =>
    begun || over || begin(200, { 'content-type': 'application/x-ndjson', 'transfer-encoding': 'chunked' });

  return {
    json(status, value, form = 'usual') {
      if (over) return;
      const text = JSON.stringify(value);
      const length = Buffer.byteLength(text);
      whole(status, text, {
        'content-type': form === 'usual' ? 'application/json; charset=utf-8' : 'application/json',
        ...(form === 'late' || length > largestPlain
          ? { 'transfer-encoding': 'chunked' }
          : { 'content-length': String(length) }),
      });
    },
    plain(status, text, contentType, headers = {}) {
      if (over) return;
      const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) };
      whole(status, text, { ...headers, ...(contentType ? { 'content-type': contentType } : {}), ...length });
    },
    beginStream,
    write(lines) {
      if (over) return;
      beginStream();
      wire.write(lines);
    },
    end(lines = '') {
      if (over) return;
      beginStream();
      finish(() => wire.end(lines));
    },
    // One turn later, when what was written has left the process.
    reset: () => finish(() => setImmediate(() => socket.resetAndDestroy())),
    cut: () => finish(() => setImmediate(() => socket.destroySoon())),
    onGone(callback) {
      gone = callback;
    },
    get over() {
      return over;
    },
  };
}
