import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Observable } from 'rxjs';
import { type ImageSource, imageWith } from './image-source.ts';

/**
 * Brings an image into the form of the wire: base64 without `data:`. What follows in the string is left to the server.
 *
 * @returns Cold; one value. A file is read at each subscription, and the reading ends with it.
 * @throws {OllamaError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`; `BAD_REQUEST` for a `data:` URL that is not base64, a URL that
 *   is no file.
 */
export const image: (source: ImageSource) => Observable<string> = imageWith({ base64Of, readFile: bytesOfFile });

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function bytesOfFile(from: string | URL): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    const path = from instanceof URL ? fileURLToPath(from) : from;
    const reading = new AbortController();
    readFile(path, { signal: reading.signal })
      .then((bytes) => subscriber.next(bytes))
      .then(
        () => subscriber.complete(),
        (error: NodeJS.ErrnoException) => subscriber.error(error.code === 'EISDIR' ? isFolder(path, error) : error),
      );
    return () => reading.abort();
  });
}

// Node does not say which.
const isFolder = (path: string, cause: Error): Error => new Error(`\`${path}\` is a folder.`, { cause });
