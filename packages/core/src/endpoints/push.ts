import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ModelReference } from '../model-reference.ts';
import type { Server } from '../server.ts';
import { type TransferProgress, transferShape } from '../transfer-progress.ts';

/** Which model to upload to its registry; its name says where and whose: `user/model:tag`, `host/user/model`. */
export type PushRequest = ModelReference & {
  /** Speaks plain http to the registry. Default: false. */
  readonly insecure?: boolean;
};

/** A row of progress: `retrieving manifest`, `pushing <12 digits>` with its digest, `pushing manifest`, `success`. */
export type PushProgress = TransferProgress;

/**
 * Uploads a model from the server to its registry, and completes only after the row `success`.
 *
 * @returns Cold: each subscription is one request; unsubscribing stops the upload.
 * @throws {OllamaError} `MODEL_NOT_FOUND`, `SIGN_IN_NEEDED`, `TRANSFER_FAILED`, `STREAM_TRUNCATED`, …
 * @see https://docs.ollama.com/api/push
 */
export const push =
  (server: Server) =>
  (request: PushRequest): Observable<PushProgress> =>
    server.stream(post('/api/push', { ...request, stream: true }), transferShape);
