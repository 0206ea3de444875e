import { Observable } from 'rxjs';
import type { ByteSource } from '../../byte-source.ts';
import { postBytes } from '../../call.ts';
import type { Server } from '../../server.ts';
import type { BlobProgress } from './blob-progress.ts';

/** Sends the bytes of a blob, a row per piece, and completes when the server has taken them. */
export function sending(server: Server, path: string, bytes: ByteSource, digest: string): Observable<BlobProgress> {
  const status = `uploading ${digest.slice(7, 19)}`;
  return new Observable((subscriber) => {
    const upload = bytes.upload((completed) => subscriber.next({ status, digest, completed, total: bytes.size }));
    return server.nothing(postBytes(path, upload)).subscribe({
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}
