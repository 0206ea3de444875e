import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { MessageShape } from '../messages.ts';
import type { Server } from '../server.ts';

/** Which model to download. */
export interface PullRequest {
  readonly model: string;
  /** Speaks plain http to the registry. Default: false. */
  readonly insecure?: boolean;
}

/** A row of progress. */
export interface PullProgress {
  /** `pulling manifest`, `pulling <12 digits>`, `verifying sha256 digest`, `writing manifest`, …, `success`. */
  readonly status: string;
  /** The layer, as `sha256:…`. */
  readonly digest?: string;
  /** Bytes of the layer; absent for 0. */
  readonly total?: number;
  /** Bytes that are there; absent for 0, and smaller than before where a part had to be dropped. */
  readonly completed?: number;
}

const shape: MessageShape<PullProgress> = { isFinal: ({ status }) => status === 'success' };

/**
 * Downloads a model, and completes only after the row `success`.
 *
 * @returns Cold: each subscription is one request; unsubscribing stops the download, and the next one goes on from there.
 * @throws {OllamaError} `MODEL_NOT_FOUND`, `TRANSFER_FAILED`, `STREAM_TRUNCATED`, …
 * @see https://docs.ollama.com/api/pull
 */
export const pull =
  (server: Server) =>
  (request: PullRequest): Observable<PullProgress> =>
    server.stream(post('/api/pull', { ...request, stream: true }), shape);
