import type { Observable } from 'rxjs';
import type { Upload } from './call.ts';

/** Bytes of known size that can be read more than once. */
export interface ByteSource {
  readonly size: number;
  /** Hashes them while they are read, a step per piece. Cold; unsubscribing ends the reading. */
  digest(): Observable<HashStep>;
  /** The bytes as a body. `sent` hears how many were given to the connection; from the start again where it sends again. */
  upload(sent: (completed: number) => void): Upload;
}

/** How far the hashing of some bytes has come. */
export interface HashStep {
  readonly completed: number;
  /** On the last step: `sha256:…`. */
  readonly digest?: string;
}

/** So many bytes are read at once. */
export const pieceBytes: number = 1024 * 1024;

/** The bytes of a blob, read piece by piece. */
export async function* blobPieces(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < blob.size; at += pieceBytes) {
    yield new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer());
  }
}
