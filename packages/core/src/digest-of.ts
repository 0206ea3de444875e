import { createHash } from 'node:crypto';
import { Observable } from 'rxjs';
import type { ByteSource } from './byte-source.ts';

/** How far the hashing of some bytes has come. */
export interface HashStep {
  readonly completed: number;
  /** On the last step: `sha256:…`. */
  readonly digest?: string;
}

/** Hashes bytes while they are read, a step per piece. Cold; unsubscribing closes the file. */
export function digestOf(source: ByteSource): Observable<HashStep> {
  return new Observable((subscriber) => {
    const hash = createHash('sha256');
    const stream = source.open();
    let completed = 0;
    stream.on('data', (piece: Uint8Array) => {
      hash.update(piece);
      completed += piece.length;
      subscriber.next({ completed });
    });
    stream.on('error', (error) => subscriber.error(error));
    stream.on('end', () => {
      subscriber.next({ completed, digest: `sha256:${hash.digest('hex')}` });
      subscriber.complete();
    });
    return () => stream.destroy();
  });
}
