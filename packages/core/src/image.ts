import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OllamaError } from '@millrace/errors';
import { catchError, defer, Observable, of, throwError } from 'rxjs';
import { unreadableFile } from './file-errors.ts';

/** A file by its path. */
export interface ImageFile {
  readonly path: string;
}

/**
 * An image, or audio, in one of these forms. Which it is, the form says and nothing else: no string is ever tried as the
 * name of a file, so that text from a stranger reads none.
 *
 * - a string: base64, or a `data:` URL in base64, of which the part in front is taken off;
 * - `{ path }` or a `file:` URL: a file, read when the call is subscribed to;
 * - a `Uint8Array`: the bytes of the file.
 */
export type ImageSource = string | Uint8Array | URL | ImageFile;

/**
 * Brings an image into the form of the wire: base64 without `data:`. What follows in the string is left to the server.
 *
 * @returns Cold; one value. A file is read at each subscription, and the reading ends with it.
 * @throws {OllamaError} `FILE_NOT_FOUND`; `BAD_REQUEST` for a file that cannot be read, a `data:` URL that is not base64, a
 *   URL that is no file.
 */
export function image(source: ImageSource): Observable<string> {
  return defer(() => {
    if (typeof source === 'string') return of(withoutPrefix(source));
    if (source instanceof Uint8Array) return of(base64Of(source));
    if (source instanceof URL && source.protocol === 'data:') return of(withoutPrefix(source.href));
    return readBase64(source);
  });
}

/** Whether a source has to be turned into the form of the wire. */
export const isUnready = (source: ImageSource): boolean => typeof source !== 'string' || isDataUrl(source);

const isDataUrl = (text: string): boolean => /^\s*data:/i.test(text.slice(0, 64));

function withoutPrefix(text: string): string {
  if (!isDataUrl(text)) return text;
  const comma = text.indexOf(',');
  if (comma !== -1 && /;\s*base64\s*$/i.test(text.slice(0, comma))) return text.slice(comma + 1).trim();
  throw notAnImage('a `data:` URL that is not in base64');
}

function readBase64(source: URL | ImageFile): Observable<string> {
  if (source instanceof URL && source.protocol !== 'file:') throw notAnImage(`a ${source.protocol} URL`);
  return new Observable<string>((subscriber) => {
    const reading = new AbortController();
    const path = source instanceof URL ? fileURLToPath(source) : source.path;
    readFile(path, { signal: reading.signal })
      .then((bytes) => subscriber.next(base64Of(bytes)))
      .then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
    return () => reading.abort();
  }).pipe(catchError((cause: unknown) => throwError(() => unreadableFile('An image of the request', cause))));
}

const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const notAnImage = (what: string): OllamaError =>
  new OllamaError(
    'BAD_REQUEST',
    `An image of the request is ${what}.`,
    {},
    {
      hint: 'Give base64, bytes, `{ path }` or a `file:` URL.',
    },
  );
