import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Observable } from 'rxjs';
import type { HashStep } from './byte-source.ts';

/** Hashes bytes while they are read, a step per piece. Cold; unsubscribing closes the file. */
export function digestOf(open: () => Readable): Observable<HashStep> {
  return new Observable((subscriber) => {
    const hash = createHash('sha256');
    const stream = open();
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
