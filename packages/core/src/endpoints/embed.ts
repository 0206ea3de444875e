import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { KeepAlive } from '../inference-request.ts';
import type { ModelOptions } from '../model-options.ts';
import type { Server } from '../server.ts';

/** Texts to embed. Without input, or an empty one, the model is only loaded. */
export interface EmbedRequest {
  readonly model: string;
  readonly input?: string | readonly string[];
  /** Whether a text that does not fit is cut in silence. Send false to get `CONTEXT_OVERFLOW`. Default: true. */
  readonly truncate?: boolean;
  /** Cuts the vectors to so many numbers and normalises them again. */
  readonly dimensions?: number;
  readonly keep_alive?: KeepAlive;
  readonly options?: ModelOptions;
}

/** A vector of length 1 for each text, in the order of the input. */
export interface EmbedResponse {
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
  /** Nanoseconds; absent for 0. */
  readonly total_duration?: number;
  /** Nanoseconds; absent for 0. */
  readonly load_duration?: number;
  /** Tokens of all texts. */
  readonly prompt_eval_count?: number;
}

/**
 * Turns texts into vectors. One text that fails fails them all; the server works on one at a time.
 *
 * @returns Cold: each subscription is one request, answered by one value.
 * @throws {OllamaError} `CAPABILITY_MISSING` for a model that cannot embed, `CONTEXT_OVERFLOW`, and as `generate`.
 * @see https://docs.ollama.com/api/embed
 */
export const embed =
  (server: Server) =>
  (request: EmbedRequest): Observable<EmbedResponse> =>
    server.single(post('/api/embed', { ...request }));
