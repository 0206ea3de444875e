import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { Server } from '../server.ts';

/** A model that Ollama recommends. */
export interface ModelRecommendation {
  readonly model: string;
  /** For people. */
  readonly description: string;
  /** Tokens; absent for 0, as all figures here. */
  readonly context_length?: number;
  /** Tokens. */
  readonly max_output_tokens?: number;
  /** GPU memory that it needs. */
  readonly vram_bytes?: number;
  /** The plan of ollama.com that a cloud model needs. */
  readonly required_plan?: string;
}

/** The models, the best first. */
export interface ModelRecommendationsResponse {
  readonly recommendations: readonly ModelRecommendation[];
}

/**
 * Asks which models Ollama recommends. Experimental; since 0.22.1.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `ROUTE_NOT_FOUND` from an older server, `OLLAMA_UNREACHABLE`, …
 * @see https://github.com/ollama/ollama/blob/main/api/types.go
 */
export const modelRecommendations = (server: Server) => (): Observable<ModelRecommendationsResponse> =>
  server.single(get('/api/experimental/model-recommendations'));
