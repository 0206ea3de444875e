import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { ModelDetails } from '../model-details.ts';
import type { Server } from '../server.ts';

/** A model in memory. */
export interface LoadedModel {
  readonly name: string;
  readonly model: string;
  /** Bytes in memory. */
  readonly size: number;
  /** Hexadecimal, without `sha256:`. */
  readonly digest: string;
  readonly details: ModelDetails;
  /** RFC 3339. Refreshed when the model goes idle, so it may lie in the past during work. */
  readonly expires_at: string;
  /** Bytes of `size` on the GPU. */
  readonly size_vram: number;
  /** Tokens of one slot: the window a request really gets. Since 0.10. */
  readonly context_length?: number;
}

/** The models in memory, the longest-lived first. */
export interface PsResponse {
  readonly models: readonly LoadedModel[];
}

/**
 * Lists the loaded models.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `TIMED_OUT`, …
 * @see https://docs.ollama.com/api/ps
 */
export const ps = (server: Server) => (): Observable<PsResponse> => server.single(get('/api/ps'));
