import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Observable, type Observer, type Subscriber } from 'rxjs';
import { callDescriber, prefixOf } from './base-url.ts';
import { type Call, modelOf } from './call.ts';
import { type ClockLimits, timedOut } from './clocks.ts';
import { badRequest, brokenOff, unreachable } from './exchange-errors.ts';
import type { Exchange, Reader } from './exchange-types.ts';
import { unreadableFile } from './file-errors.ts';
import { readRefusal } from './read-refusal.ts';
import { createClocks, type RunningClocks, type StartClocks } from './running-clocks.ts';
import { bodyHeaders, sendUpload } from './send-body.ts';

/** Where an exchange sends to, and how. */
export interface ExchangeOptions {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ClockLimits;
  /** Keeps the connections; of the protocol of `base`. */
  readonly agent: Agent;
  /** Writes the whole URL into the request line, as a proxy of plain HTTP wants it. */
  readonly absoluteForm?: boolean | undefined;
  /** Whether the calls leave a process alone that has nothing else to do. */
  readonly unref?: boolean | undefined;
  /** How often the client was closed. */
  readonly closings?: (() => number) | undefined;
}

/**
 * Creates the one border to the network. Cold: subscribing sends, unsubscribing closes the socket in any phase. After
 * a complete answer the connection goes back to the agent.
 */
export function createExchange(options: ExchangeOptions): Exchange {
  const way = wayOf(options);
  return <T>(call: Call, reader?: Reader<T>) =>
    reader === undefined
      ? new Observable<Uint8Array>((subscriber) => start(way, call, subscriber, subscriber))
      : new Observable<T>((subscriber) => start(way, call, subscriber, reader(subscriber)));
}

/** What the requests of a client have in common, worked out once. */
interface Way {
  readonly limits: ClockLimits;
  readonly startClocks: StartClocks;
  readonly describe: (call: Call) => string;
  readonly send: typeof httpRequest;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a body goes out in one piece with the headers, as Node does with a string; see `bodyFor`. */
  readonly inOnePiece: boolean;
  /** In front of the path of a call. */
  readonly prefix: string;
  /** Name and password, still percent-encoded; a broken one is told by the call. */
  readonly credentials: string | undefined;
  readonly unref: boolean;
  readonly closings: () => number;
  readonly host: { readonly agent: Agent; readonly hostname: string; readonly port: string };
}

function wayOf(options: ExchangeOptions): Way {
  const { base, headers, limits, agent, absoluteForm = false, unref = false, closings = () => 0 } = options;
  return {
    limits,
    startClocks: createClocks(limits, unref),
    describe: callDescriber(base),
    send: base.protocol === 'https:' ? httpsRequest : httpRequest,
    headers: { accept: 'application/x-ndjson, application/json', ...headers },
    inOnePiece: Object.values(headers).every(isAscii),
    prefix: (absoluteForm ? base.origin : '') + prefixOf(base),
    credentials: base.username === '' ? undefined : `${base.username}:${base.password}`,
    unref,
    closings,
    host: { agent, hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'), port: base.port },
  };
}

/** What the listeners of one subscription share. */
interface Flight {
  readonly where: string;
  readonly call: Call;
  readonly clocks: RunningClocks;
  readonly subscriber: Subscriber<never>;
  /** Takes the body and the error. */
  readonly reader: Observer<Uint8Array>;
  /** The client was closed since the call began. */
  readonly isClosed: () => boolean;
  /** The answer was read to its end: the socket is the agent's again. */
  ended: boolean;
}

function start(way: Way, call: Call, subscriber: Subscriber<never>, reader: Observer<Uint8Array>): void {
  const where = way.describe(call);
  const body = encode(call, where);
  const clocks = way.startClocks((name) => reader.error(timedOut(where, name, way.limits)));
  const closings = way.closings();
  const isClosed = (): boolean => way.closings() !== closings;
  const flight: Flight = { where, call, clocks, subscriber, reader, isClosed, ended: false };
  let request: ClientRequest | undefined;
  const send = (): void => {
    request = open(way, call, body, where);
    if (way.unref) request.once('socket', (socket) => socket.unref());
    listen(request, flight, send);
    if (call.upload === undefined) request.end(bodyFor(way, body));
  };
  subscriber.add(() => {
    clocks.stop();
    if (!(flight.ended && request?.writableFinished)) request?.destroy();
  });
  send();
}

// One piece is one packet. But it is in UTF-8 as a whole, and headers are Latin-1: what is not the same in both goes by itself.
const bodyFor = ({ inOnePiece }: Way, body: string | undefined): string | Buffer | undefined =>
  inOnePiece || body === undefined ? body : Buffer.from(body);

const isAscii = (text: string): boolean => /^[\t -~]*$/.test(text);

function encode(call: Call, where: string): string | undefined {
  try {
    return call.body === undefined ? undefined : JSON.stringify(call.body);
  } catch (cause) {
    throw badRequest(where, cause);
  }
}

function open(
  { send, host, headers, prefix, credentials }: Way,
  call: Call,
  body: string | undefined,
  where: string,
): ClientRequest {
  try {
    return send({
      agent: host.agent,
      method: call.method,
      hostname: host.hostname,
      port: host.port,
      path: prefix + call.path,
      headers: Object.assign(bodyHeaders(call, body), headers),
      ...(credentials !== undefined && { auth: decodeURIComponent(credentials) }),
    });
  } catch (cause) {
    throw badRequest(where, cause);
  }
}

function listen(request: ClientRequest, flight: Flight, sendAgain: () => void): void {
  const { subscriber, reader, clocks, where, call } = flight;
  let answered = false;
  const connected = (): void => {
    clocks.connected();
    if (call.upload === undefined || subscriber.closed) return;
    // Each piece that is sent starts the clock of the first byte again.
    sendUpload(request, call.upload, {
      sent: () => clocks.connected(),
      unreadable: (cause) => reader.error(unreadableFile(where, cause)),
    });
  };
  request.on('socket', (socket) => {
    // A socket in the tunnel of a proxy is connected at once, and secure when the proxy has answered.
    const { secureConnecting = false } = socket as { secureConnecting?: boolean };
    if (!socket.connecting && !secureConnecting) return connected();
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
  });
  request.on('response', (response) => {
    answered = true;
    receive(response, flight);
  });
  request.on('error', (cause: NodeJS.ErrnoException) => {
    if (subscriber.closed) return;
    if (answered) reader.error(brokenOff(where, cause));
    else if (isStale(request, cause) && !flight.isClosed()) sendAgain();
    else reader.error(unreachable(where, cause));
  });
}

// A kept connection that the server closed while it was idle: nothing of the request was read.
const isStale = ({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean =>
  reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED');

function receive(response: IncomingMessage, flight: Flight): void {
  const { subscriber, reader, clocks, where, call } = flight;
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    readRefusal(response, { where, model: modelOf(call) }, clocks, (error) => {
      flight.ended = response.complete;
      reader.error(error);
    });
    return;
  }
  response.on('data', (chunk: Buffer) => {
    if (subscriber.closed) return;
    clocks.heard = true;
    reader.next(chunk);
  });
  response.on('end', () => {
    flight.ended = true;
    reader.complete();
  });
  response.on('error', (cause) => reader.error(brokenOff(where, cause)));
}
