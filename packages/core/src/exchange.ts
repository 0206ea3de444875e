import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Observable, type Subscriber } from 'rxjs';
import { describeCall, pathOf } from './base-url.ts';
import { type Call, modelOf } from './call.ts';
import { type ClockLimits, type RunningClocks, startClocks, timedOut } from './clocks.ts';
import { badRequest, brokenOff, unreachable } from './exchange-errors.ts';
import { unreadableFile } from './file-errors.ts';
import { readRefusal } from './refusal.ts';
import { bodyHeaders, sendUpload } from './send-body.ts';

/** Sends one call; the result is the body of a successful answer as it arrives. */
export type Exchange = (call: Call) => Observable<Uint8Array>;

/** Where an exchange sends to, and how. */
export interface ExchangeOptions {
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ClockLimits;
  /** Keeps the connections; of the protocol of `base`. */
  readonly agent: Agent;
  /** Writes the whole URL into the request line, as a proxy of plain HTTP wants it. */
  readonly absoluteForm?: boolean | undefined;
}

/**
 * Creates the one border to the network. Cold: subscribing sends, unsubscribing closes the socket in any phase. After
 * a complete answer the connection goes back to the agent.
 */
export function createExchange(options: ExchangeOptions): Exchange {
  return (call) => new Observable((subscriber) => start(options, call, subscriber));
}

/** What the listeners of one subscription share. */
interface Flight {
  readonly where: string;
  readonly call: Call;
  readonly clocks: RunningClocks;
  readonly subscriber: Subscriber<Uint8Array>;
  /** The answer was read to its end: the socket is the agent's again. */
  ended: boolean;
}

function start(options: ExchangeOptions, call: Call, subscriber: Subscriber<Uint8Array>): void {
  const { base, limits } = options;
  const where = describeCall(base, call);
  const body = encode(call, where);
  const clocks = startClocks(limits, (name) => subscriber.error(timedOut(where, name, limits)));
  const flight: Flight = { where, call, clocks, subscriber, ended: false };
  let request: ClientRequest | undefined;
  const send = (): void => {
    request = open(options, call, body, where);
    listen(request, flight, send);
    if (call.upload === undefined) request.end(body);
  };
  subscriber.add(() => {
    clocks.stop();
    if (!(flight.ended && request?.writableFinished)) request?.destroy();
  });
  send();
}

function encode(call: Call, where: string): Buffer | undefined {
  try {
    return call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
  } catch (cause) {
    throw badRequest(where, cause);
  }
}

function open(
  { base, headers, agent, absoluteForm = false }: ExchangeOptions,
  call: Call,
  body: Buffer | undefined,
  where: string,
): ClientRequest {
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest;
  try {
    const auth = base.username === '' ? {} : { auth: decodeURIComponent(`${base.username}:${base.password}`) };
    return send({
      agent,
      method: call.method,
      hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: base.port,
      path: (absoluteForm ? base.origin : '') + pathOf(base, call),
      headers: { accept: 'application/x-ndjson, application/json', ...bodyHeaders(call, body), ...headers },
      ...auth,
    });
  } catch (cause) {
    throw badRequest(where, cause);
  }
}

function listen(request: ClientRequest, flight: Flight, sendAgain: () => void): void {
  const { subscriber, clocks, where, call } = flight;
  let answered = false;
  const connected = (): void => {
    clocks.connected();
    if (call.upload === undefined || subscriber.closed) return;
    // Each piece that is sent starts the clock of the first byte again.
    sendUpload(request, call.upload, {
      sent: () => clocks.connected(),
      unreadable: (cause) => subscriber.error(unreadableFile(where, cause)),
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
    if (answered) subscriber.error(brokenOff(where, cause));
    else if (isStale(request, cause)) sendAgain();
    else subscriber.error(unreachable(where, cause));
  });
}

// A kept connection that the server closed while it was idle: nothing of the request was read.
const isStale = ({ reusedSocket }: ClientRequest, { code }: NodeJS.ErrnoException): boolean =>
  reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED');

function receive(response: IncomingMessage, flight: Flight): void {
  const { subscriber, clocks, where, call } = flight;
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    readRefusal(response, { where, model: modelOf(call) }, clocks, (error) => {
      flight.ended = response.complete;
      subscriber.error(error);
    });
    return;
  }
  response.on('data', (chunk: Buffer) => {
    clocks.received();
    subscriber.next(chunk);
  });
  response.on('end', () => {
    flight.ended = true;
    subscriber.complete();
  });
  response.on('error', (cause) => subscriber.error(brokenOff(where, cause)));
}
