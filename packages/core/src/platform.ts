import type { Observable } from 'rxjs';
import type { ByteSource } from './byte-source.ts';
import type { BlobSource } from './endpoints/blobs/upload.ts';
import type { ImageSource } from './image-source.ts';

/** What the endpoints need of where they run, beside a server. */
export interface Platform {
  readonly image: (source: ImageSource) => Observable<string>;
  /** Rejects for what cannot be read. */
  readonly byteSource: (source: BlobSource) => Promise<ByteSource>;
}
