import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ModelDetails } from '../model-details.ts';
import type { ModelOptions } from '../model-options.ts';
import type { ModelReference } from '../model-reference.ts';
import type { Server } from '../server.ts';
import type { StoredTurn } from '../stored-turn.ts';

/** Which model to describe. */
export type ShowRequest = ModelReference & {
  /** Lists tokens and merges in `model_info` too, which makes megabytes. Default: false. */
  readonly verbose?: boolean;
  readonly system?: string;
  readonly options?: ModelOptions;
  /** Deprecated by Ollama. */
  readonly template?: string;
};

/** A tensor of the weights. */
export interface Tensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
}

/** All that is known of a model; what is empty is absent. */
export interface ShowResponse {
  readonly license?: string;
  /** Shows paths of the server. */
  readonly modelfile?: string;
  /** A line each, in no fixed order; texts in quotes. */
  readonly parameters?: string;
  /** Jinja (`{%`) where llama.cpp renders the chat, else Go. */
  readonly template?: string;
  readonly system?: string;
  readonly renderer?: string;
  readonly parser?: string;
  readonly details?: ModelDetails;
  readonly messages?: readonly StoredTurn[];
  /** Such as `general.architecture`, `gemma3.context_length`; a list is null unless `verbose`. */
  readonly model_info: Readonly<Record<string, unknown>>;
  readonly projector_info?: Readonly<Record<string, unknown>>;
  readonly tensors?: readonly Tensor[];
  /** `completion`, `tools`, `insert`, `vision`, `embedding`, `thinking`, `image`, `audio`. */
  readonly capabilities?: readonly string[];
  /** RFC 3339. */
  readonly modified_at?: string;
  /** The server version the model needs. */
  readonly requires?: string;
  readonly remote_model?: string;
  readonly remote_host?: string;
}

/**
 * Describes a model.
 *
 * @returns Cold: each subscription is one request, answered by one value.
 * @throws {OllamaError} `MODEL_NOT_FOUND`, `BAD_REQUEST`, …
 * @see https://docs.ollama.com/api/show
 */
export const show =
  (server: Server) =>
  (request: ShowRequest): Observable<ShowResponse> =>
    server.single(post('/api/show', { ...request }));
