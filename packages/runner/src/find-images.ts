import type { ImageSource } from '@millrace/core';
import { textIn } from './expression-values.ts';
import type { FileAccess } from './paths/file-access.ts';

/**
 * The files that `images` names: a path, or a list of them. They are text of rows as a rule, and so confined like any path of the file;
 * a `data:` URL names no file and is taken as it is.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `PATH_REFUSED`, `EXPRESSION_FAILED`.
 */
export function findImages(images: unknown, files: FileAccess): Promise<readonly ImageSource[]> {
  const named = images === null || images === undefined ? [] : Array.isArray(images) ? images : [images];
  return Promise.all(
    named.map(async (one): Promise<ImageSource> => {
      const path = textIn(one, 'images');
      return path.startsWith('data:') ? path : { path: await files.toRead(path) };
    }),
  );
}
