import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { Server } from '../server.ts';

/** What to copy where. Only the manifest is copied: it takes no room. */
export interface CopyRequest {
  readonly source: string;
  /** A model of this name is replaced. */
  readonly destination: string;
}

/**
 * Gives a model a second name.
 *
 * @returns Cold: each subscription is one request; emits `undefined` when it is done.
 * @throws {OllamaError} `MODEL_NOT_FOUND`, `BAD_REQUEST` for a name that is none, …
 * @see https://docs.ollama.com/api/copy
 */
export const copy =
  (server: Server) =>
  (request: CopyRequest): Observable<undefined> =>
    server.nothing(post('/api/copy', { ...request }));
