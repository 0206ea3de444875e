import { OllamaError } from '@millrace/errors';
import { catchError, defer, map, type Observable, of, throwError } from 'rxjs';
import { head } from '../../call.ts';
import type { Server } from '../../server.ts';
import { blobPath } from './blob-path.ts';

/**
 * Asks whether the server has a blob.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `BAD_REQUEST` for what is no digest, `OLLAMA_UNREACHABLE`, …
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md#check-if-a-blob-exists
 */
export const blobExists =
  (server: Server) =>
  (digest: string): Observable<boolean> =>
    defer(() => server.nothing(head(blobPath(digest)))).pipe(
      map(() => true),
      catchError((error: unknown) => (isMissing(error) ? of(false) : throwError(() => error))),
    );

const isMissing = (error: unknown): boolean =>
  error instanceof OllamaError && error.details.kind === 'blob_not_found' && error.details.status === 404;
