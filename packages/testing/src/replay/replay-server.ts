import type { IncomingMessage, ServerResponse } from 'node:http';
import { allowAll, corsHeaders } from '../cors.ts';
import { listenOnLoopback } from '../loopback-server.ts';
import { readBody } from '../read-body.ts';
import type { Transcript } from '../transcripts/transcript.ts';
import { encodeResponse } from './encode-response.ts';
import { matchExactly, matchPathAndModel, type TranscriptMatcher } from './match-transcript.ts';
import { notFound } from './not-found.ts';
import { jsonOrUndefined, type ReplayRequest } from './replay-request.ts';
import { sendResponse } from './send-response.ts';
import { findWildcard, type Wildcards } from './stand-in.ts';

/** The request header that picks a transcript by name, whatever else the request says. */
export const transcriptHeader = 'x-transcript';

/** How a replay server answers. */
export interface ReplayServerOptions {
  readonly transcripts: readonly Transcript[];
  /** Default `exact`. The first fitting transcript answers, those recorded with own headers before the others. */
  readonly match?: 'exact' | 'path-and-model' | TranscriptMatcher;
  /** Answers by path for requests that fit no transcript, and the choice where several fit; see `standIn`. */
  readonly wildcard?: Wildcards;
  /** Cuts each body into HTTP chunks of this many bytes; 1 cuts at every byte. Default: as recorded. */
  readonly cut?: number;
  /** 1 sends each chunk when it came in the recording, 0.1 ten times faster; default 0: all at once. */
  readonly pace?: number;
  /** For a recording that broke off: `break` the connection after its bytes (default) or `hold` it open. */
  readonly unfinished?: 'break' | 'hold';
  /** Default 0: a free one. */
  readonly port?: number;
}

/** A server that answers with recorded bytes. */
export interface ReplayServer {
  readonly url: string;
  readonly port: number;
  /** Every request that came, in order; not what a browser asks before it sends one. */
  readonly requests: readonly ReplayRequest[];
  /** Those that no transcript answered: they got Ollama's 404. */
  readonly unmatched: readonly ReplayRequest[];
  /** Ends all connections at once. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that answers recorded requests with the recorded status, headers, bytes and framing. */
export async function startReplayServer(options: ReplayServerOptions): Promise<ReplayServer> {
  const requests: ReplayRequest[] = [];
  const find = finder(options);
  const { url, port, close } = await listenOnLoopback((incoming, response) => {
    readBody(incoming, (rawBody) => {
      const request = toReplayRequest(incoming, rawBody);
      const transcript = find(request);
      if (transcript === undefined && isPreflight(request)) return allowAll(incoming.headers, response);
      requests.push({ ...request, transcript: transcript?.name ?? null });
      if (transcript) void replay(incoming, transcript, options);
      else sendNotFound(response, request);
    });
  }, options.port);
  return {
    url,
    port,
    requests,
    close,
    get unmatched() {
      return requests.filter((one) => one.transcript === null);
    },
  };
}

// A browser asks before it sends a page's request; no recording of the request itself answers that.
const isPreflight = ({ method, headers }: ReplayRequest): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined;

function toReplayRequest(incoming: IncomingMessage, rawBody: string): ReplayRequest {
  const { method = 'GET', url: path = '/', headers } = incoming;
  return { method, path, headers, rawBody, body: jsonOrUndefined(rawBody), transcript: null };
}

function finder({ transcripts, match = 'exact', wildcard = {} }: ReplayServerOptions) {
  const matches =
    typeof match === 'function' ? match : { exact: matchExactly, 'path-and-model': matchPathAndModel }[match];
  const headersFirst = [...transcripts].sort((one, other) => headerCount(other) - headerCount(one));
  return (request: ReplayRequest): Transcript | undefined => {
    const named = request.headers[transcriptHeader];
    if (named !== undefined) return transcripts.find((one) => one.name === named);
    const fitting = headersFirst.filter((one) => matches(request, one));
    const wild = findWildcard(request, wildcard, transcripts);
    return fitting.length === 1 || wild === undefined || headerCount(fitting[0]) > 0 ? (fitting[0] ?? wild) : wild;
  };
}

function headerCount(transcript: Transcript | undefined): number {
  return Object.keys(transcript?.request.headers ?? {}).length;
}

function replay(incoming: IncomingMessage, transcript: Transcript, options: ReplayServerOptions): Promise<void> {
  const { pace = 0, unfinished = 'break' } = options;
  const seconds = pace > 0 ? transcript.response.chunkSeconds?.map((second) => second * pace) : undefined;
  return sendResponse(incoming.socket, encodeResponse(transcript, options.cut, corsHeaders(incoming.headers)), {
    unfinished,
    ...(seconds ? { pieceSeconds: seconds } : {}),
  });
}

function sendNotFound(response: ServerResponse, request: ReplayRequest): void {
  const { type, body } = notFound(request);
  response.writeHead(404, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
