import { isDeepStrictEqual } from 'node:util';
import type { Transcript } from '../transcripts/transcript.ts';
import { fieldOf, type ReplayRequest } from './replay-request.ts';

/** Says whether a transcript answers a request. */
export type TranscriptMatcher = (request: ReplayRequest, transcript: Transcript) => boolean;

/** Same method and path, same recorded headers, and a body that is deeply equal (raw text: equal). */
export const matchExactly: TranscriptMatcher = (request, transcript) =>
  matchRoute(request, transcript) && sameBody(request, transcript);

/** Same method and path, same recorded headers, same `model` (or both without one). */
export const matchPathAndModel: TranscriptMatcher = (request, transcript) =>
  matchRoute(request, transcript) && fieldOf(request.body, 'model') === fieldOf(transcript.request.body, 'model');

function matchRoute(request: ReplayRequest, { request: recorded }: Transcript): boolean {
  if (request.method !== recorded.method || request.path !== recorded.path) return false;
  return Object.entries(recorded.headers ?? {}).every(([name, value]) => request.headers[name.toLowerCase()] === value);
}

function sameBody(request: ReplayRequest, { request: recorded }: Transcript): boolean {
  if (recorded.rawBody !== undefined) return request.rawBody === recorded.rawBody;
  if (recorded.body === undefined || recorded.body === null) return request.rawBody === '';
  return isDeepStrictEqual(request.body, recorded.body);
}
