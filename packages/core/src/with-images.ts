import { concatMap, forkJoin, map, type Observable, of } from 'rxjs';
import { type ImageSource, isUnready } from './image-source.ts';
import type { Platform } from './platform.ts';

/** Something that may carry images. */
interface Carrier {
  readonly images?: readonly ImageSource[];
}

/**
 * Calls `send` with the same carriers, their images in base64; they themselves are never changed. Without an image to
 * read or convert, `send` is called at once with what was given.
 */
export function withImages<C extends Carrier, T>(
  carriers: readonly C[],
  { image }: Pick<Platform, 'image'>,
  send: (ready: readonly C[]) => Observable<T>,
): Observable<T> {
  if (!Array.isArray(carriers) || !carriers.some(needsWork)) return send(carriers);
  return forkJoin(carriers.map((carrier) => ready(carrier, image))).pipe(concatMap(send));
}

// A request of the wrong shape goes to the server as it is, which says what is wrong with it.
const needsWork = (carrier: Carrier): boolean => Array.isArray(carrier?.images) && carrier.images.some(isUnready);

function ready<C extends Carrier>(carrier: C, image: Platform['image']): Observable<C> {
  if (!needsWork(carrier)) return of(carrier);
  return forkJoin((carrier.images ?? []).map(image)).pipe(map((images) => ({ ...carrier, images })));
}
