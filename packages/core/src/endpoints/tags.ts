import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { ModelDetails } from '../model-details.ts';
import type { Server } from '../server.ts';

/** A model that the server has. */
export interface InstalledModel {
  /** With its tag. */
  readonly name: string;
  readonly model: string;
  /** RFC 3339, with an offset. */
  readonly modified_at: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal, without `sha256:`. */
  readonly digest: string;
  readonly details: ModelDetails;
  /** Since 0.30, and wrong at times: ask show. */
  readonly capabilities?: readonly string[];
  readonly remote_model?: string;
  readonly remote_host?: string;
}

/** The models, the newest first. */
export interface TagsResponse {
  readonly models: readonly InstalledModel[];
}

/**
 * Lists the installed models.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `TIMED_OUT`, …
 * @see https://docs.ollama.com/api/tags
 */
export const tags = (server: Server) => (): Observable<TagsResponse> => server.single(get('/api/tags'));
