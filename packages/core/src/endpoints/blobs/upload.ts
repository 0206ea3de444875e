import { isMillraceError } from '@millrace/errors';
import { catchError, concat, concatMap, defer, type Observable, of, throwError } from 'rxjs';
import type { ByteSource } from '../../byte-source.ts';
import { post } from '../../call.ts';
import { unreadableFile } from '../../file-errors.ts';
import type { Platform } from '../../platform.ts';
import type { Server } from '../../server.ts';
import { blobPath } from './blob-path.ts';
import type { BlobProgress } from './blob-progress.ts';
import { blobExists } from './exists.ts';
import { sending } from './sending.ts';

/** A file by its path or `file:` URL, which a browser refuses; or bytes, a `File` of a page among them. */
export type BlobSource = string | URL | Uint8Array | Blob;

/** What is known of a blob before it is read. */
export interface BlobUploadOptions {
  /** `sha256:…` of the bytes, to spare reading them twice; the server checks it. Default: it is computed. */
  readonly digest?: string | undefined;
}

/**
 * Brings a file to the server, as a part of a model to create: computes its digest, asks for it, and sends the file
 * unless the server has it already. Reads it in pieces of 1 MiB; memory does not grow with it.
 *
 * @returns Cold: each subscription is an upload; unsubscribing closes file and connection.
 * @throws {OllamaError} `FILE_NOT_FOUND`; `FILE_UNREADABLE` for what is no file, or one that may not be read or becomes shorter;
 *   `TRANSFER_FAILED` for a wrong digest or a full disk of the server; `OLLAMA_UNREACHABLE`, …
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md#push-a-blob
 */
export const blobUpload =
  (server: Server, { byteSource }: Pick<Platform, 'byteSource'>) =>
  (source: BlobSource, options: BlobUploadOptions = {}): Observable<BlobProgress> => {
    const where = server.where(post('/api/blobs'));
    const asFileError = <T>() =>
      catchError<T, Observable<never>>((cause) => throwError(() => unreadableFile(where, cause)));
    const bring = (bytes: ByteSource): Observable<BlobProgress> => {
      if (options.digest !== undefined) return unlessThere(server, bytes, options.digest);
      return bytes.digest().pipe(
        asFileError(),
        concatMap(({ completed, digest }) => {
          const row = { status: 'hashing', completed, total: bytes.size };
          return digest === undefined ? of(row) : unlessThere(server, bytes, digest);
        }),
      );
    };
    return defer(() => byteSource(source)).pipe(asFileError(), concatMap(bring));
  };

function unlessThere(server: Server, bytes: ByteSource, digest: string): Observable<BlobProgress> {
  const total = bytes.size;
  const done = of<BlobProgress>({ status: 'success', digest, completed: total, total });
  const exists = blobExists(server)(digest);
  const send = defer(() => sending(server, blobPath(digest), bytes, digest)).pipe(
    // The server hangs up on all but the first who bring the same blob: that is no failure.
    catchError((error: unknown) => {
      const there = isHangUp(error) ? exists.pipe(catchError(() => of(false))) : of(false);
      return there.pipe(concatMap((found) => (found ? [] : throwError(() => error))));
    }),
  );
  return exists.pipe(concatMap((there) => (there ? done : concat(send, done))));
}

const isHangUp = (error: unknown): boolean =>
  isMillraceError(error) && (error.code === 'OLLAMA_UNREACHABLE' || error.code === 'STREAM_TRUNCATED');
