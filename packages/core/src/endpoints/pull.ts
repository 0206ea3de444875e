import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ModelReference } from '../model-reference.ts';
import type { Server } from '../server.ts';
import { type TransferProgress, transferShape } from '../transfer-progress.ts';

/** Which model to download. */
export type PullRequest = ModelReference & {
  /** Speaks plain http to the registry. Default: false. */
  readonly insecure?: boolean;
};

/**
 * A row of progress: `pulling manifest`, `pulling <12 digits>` with its digest, `verifying sha256 digest`, `writing
 * manifest`, …, `success`. A layer may repeat, have no row, or end below its total.
 */
export type PullProgress = TransferProgress;

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
    server.stream(post('/api/pull', { ...request, stream: true }), transferShape);
