import type { Observable } from 'rxjs';
import type { Platform } from '../../platform.ts';
import type { Server } from '../../server.ts';
import type { BlobProgress } from './blob-progress.ts';
import { blobExists } from './exists.ts';
import { type BlobSource, type BlobUploadOptions, blobUpload } from './upload.ts';

/** The files that models are made of, by their digest. */
export interface Blobs {
  exists(digest: string): Observable<boolean>;
  upload(source: BlobSource, options?: BlobUploadOptions): Observable<BlobProgress>;
}

/** The routes of blobs. */
export const blobs = (server: Server, platform: Platform): Blobs => ({
  exists: blobExists(server),
  upload: blobUpload(server, platform),
});
