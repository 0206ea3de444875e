import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { KeepAlive } from '../inference-request.ts';
import type { ModelOptions } from '../model-options.ts';
import type { Server } from '../server.ts';

/** A text to embed. With an empty prompt the model is only loaded. */
export interface EmbeddingsRequest {
  readonly model: string;
  readonly prompt: string;
  readonly keep_alive?: KeepAlive;
  readonly options?: ModelOptions;
}

/** One vector, of length 1 or not, as the model has it; empty for an empty prompt. */
export interface EmbeddingsResponse {
  readonly embedding: readonly number[];
}

/**
 * Turns one text into a vector, as Ollama did before 0.2.6.
 *
 * @deprecated by Ollama: `embed` takes many texts, normalises, and says when one is too long.
 * @returns Cold: each subscription is one request, answered by one value.
 * @throws {OllamaError} As `embed`.
 * @see https://docs.ollama.com/api/embed
 */
export const embeddings =
  (server: Server) =>
  (request: EmbeddingsRequest): Observable<EmbeddingsResponse> =>
    server.single(post('/api/embeddings', { ...request }));
