import type { Observable } from 'rxjs';
import { head as headCall } from '../call.ts';
import type { Server } from '../server.ts';

/** The routes that answer HEAD, blobs aside. */
export type HeadPath = '/' | '/api/version' | '/api/tags';

/**
 * Asks for the status of a route and nothing else: the cheapest sign of life, for health checks.
 *
 * @returns Cold; emits `undefined` when the status is a success.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `TIMED_OUT`, …
 * @see https://docs.ollama.com/api
 */
export const head =
  (server: Server) =>
  (path: HeadPath = '/'): Observable<undefined> =>
    server.nothing(headCall(path));
