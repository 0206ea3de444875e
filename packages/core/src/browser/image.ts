import type { Observable } from 'rxjs';
import { type ImageSource, imageWith } from '../image-source.ts';
import { base64Of } from './base64.ts';
import { noFileReading } from './no-file-reading.ts';

/**
 * Brings an image into the form of the wire: base64 without `data:`. What follows in the string is left to the server.
 *
 * @returns Cold; one value. A blob is read at each subscription.
 * @throws {OllamaError} `FILE_NOT_FOUND` and `FILE_UNREADABLE` for a `File` that is gone or changed since it was chosen;
 *   `BAD_REQUEST` for a path or `file:` URL, which a browser does not read, a `data:` URL that is not base64, a URL that is no file.
 */
export const image: (source: ImageSource) => Observable<string> = imageWith({ base64Of, readFile: noFileReading });
