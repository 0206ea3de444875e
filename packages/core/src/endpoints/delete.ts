import type { Observable } from 'rxjs';
import { del } from '../call.ts';
import type { ModelReference } from '../model-reference.ts';
import type { Server } from '../server.ts';

/** Which model to delete. */
export type DeleteRequest = ModelReference;

/**
 * Deletes a model from the server's disk; one that is in memory stays there until it is unloaded.
 *
 * @returns Cold: each subscription is one request; emits `undefined` when it is done.
 * @throws {OllamaError} `MODEL_NOT_FOUND`, `BAD_REQUEST`, …
 * @see https://docs.ollama.com/api/delete
 */
export const deleteModel =
  (server: Server) =>
  (request: DeleteRequest): Observable<undefined> =>
    server.nothing(del('/api/delete', { ...request }));
