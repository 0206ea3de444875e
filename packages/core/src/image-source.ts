import { OllamaError } from '@millrace/errors';
import { catchError, defer, map, type Observable, of, throwError } from 'rxjs';
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
 * - `{ path }` or a `file:` URL: a file, read when the call is subscribed to; not in a browser;
 * - a `Uint8Array` or a `Blob`, such as a `File` of a page: the bytes of the file.
 */
export type ImageSource = string | Uint8Array | Blob | URL | ImageFile;

/** What the reading of images needs of where it runs. */
export interface ImageReader {
  base64Of(bytes: Uint8Array): string;
  /** Cold; the bytes of a file, by its path or `file:` URL. */
  readFile(path: string | URL): Observable<Uint8Array>;
}

/** Brings images into the form of the wire: base64 without `data:`; see `image`. */
export const imageWith =
  ({ base64Of, readFile }: ImageReader) =>
  (source: ImageSource): Observable<string> => {
    const read = (): Observable<Uint8Array> => {
      if (source instanceof Blob) return defer(() => source.arrayBuffer()).pipe(map((bytes) => new Uint8Array(bytes)));
      return readFile(source instanceof URL ? source : (source as ImageFile).path);
    };
    return defer(() => {
      if (typeof source === 'string') return of(withoutPrefix(source));
      if (source instanceof Uint8Array) return of(base64Of(source));
      if (source instanceof URL && source.protocol === 'data:') return of(withoutPrefix(source.href));
      if (source instanceof URL && source.protocol !== 'file:') throw notAnImage(`a ${source.protocol} URL`);
      return defer(read).pipe(
        map(base64Of),
        catchError((cause: unknown) => throwError(() => unreadableFile('An image of the request', cause))),
      );
    });
  };

/** Whether a source has to be turned into the form of the wire. */
export const isUnready = (source: ImageSource): boolean => typeof source !== 'string' || isDataUrl(source);

const isDataUrl = (text: string): boolean => /^\s*data:/i.test(text.slice(0, 64));

function withoutPrefix(text: string): string {
  if (!isDataUrl(text)) return text;
  const comma = text.indexOf(',');
  if (comma !== -1 && /;\s*base64\s*$/i.test(text.slice(0, comma))) return text.slice(comma + 1).trim();
  throw notAnImage('a `data:` URL that is not in base64');
}

const notAnImage = (what: string): OllamaError =>
  new OllamaError(
    'BAD_REQUEST',
    `An image of the request is ${what}.`,
    {},
    {
      hint: 'Give base64, bytes, a Blob, `{ path }` or a `file:` URL.',
    },
  );
