import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ModelOptions } from '../model-options.ts';
import type { ModelReference } from '../model-reference.ts';
import type { Server } from '../server.ts';
import type { StoredTurn } from '../stored-turn.ts';
import { type TransferProgress, transferShape } from '../transfer-progress.ts';

/** Names of files, as a path below the model, and their blobs on the server as `sha256:…`. */
export type BlobFiles = Readonly<Record<string, string>>;

/** The model to make; it needs `from` or `files`. A Modelfile is not read by the server: send its parts. */
export type CreateRequest = ModelReference & {
  /** The model to start from; pulled first where the server does not have it. */
  readonly from?: string;
  /** The weights, GGUF or safetensors; upload the blobs first. */
  readonly files?: BlobFiles;
  /** LoRA adapters. */
  readonly adapters?: BlobFiles;
  /** The weights of a draft model, for speculative tokens. Since 0.30. */
  readonly draft_files?: BlobFiles;
  readonly draft_quantize?: string;
  /** Such as `Q4_K_M` or `Q8_0`; the weights must be F16 or F32. */
  readonly quantize?: string;
  /** Deprecated by Ollama: write `quantize`. */
  readonly quantization?: string;
  /** A Go template. */
  readonly template?: string;
  readonly system?: string;
  readonly license?: string | readonly string[];
  /** Not checked here: a wrong type makes every later call of the model fail. */
  readonly parameters?: ModelOptions;
  /** Put in front of every talk. */
  readonly messages?: readonly StoredTurn[];
  readonly renderer?: string;
  readonly parser?: string;
  /** The server version the model needs. */
  readonly requires?: string;
  /** More about the model, such as `context_length` of a cloud one. */
  readonly info?: Readonly<Record<string, unknown>>;
  /** Where the model runs, if not here. */
  readonly remote_host?: string;
};

/**
 * A row of progress: `parsing GGUF`, `quantizing …`, `creating new layer sha256:…`, `writing manifest`, `success`; those
 * of a pull come first where `from` had to be pulled.
 */
export type CreateProgress = TransferProgress;

/**
 * Makes a model, and completes only after the row `success`.
 *
 * @returns Cold: each subscription is one request; unsubscribing gives it up, though the server may finish a conversion.
 * @throws {OllamaError} `BAD_REQUEST`, `MODEL_NOT_FOUND`, `TRANSFER_FAILED` for a blob that is missing, …
 * @see https://docs.ollama.com/api/create
 */
export const create =
  (server: Server) =>
  (request: CreateRequest): Observable<CreateProgress> =>
    server.stream(post('/api/create', { ...request, stream: true }), transferShape);
