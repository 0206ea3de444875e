import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { ImageSource } from '@millrace/core';
import { textIn } from './expression-values.ts';
import type { FileAccess } from './paths/file-access.ts';
import { fileError } from './paths/file-error.ts';

/** An image, and a hash of its bytes: a picture that was painted over asks another question. */
export interface FoundImage {
  readonly source: ImageSource;
  readonly hash: string;
}

/**
 * The files that `images` names: a path, or a list of them. They are text of rows as a rule, and so confined like any path of the file;
 * a `data:` URL names no file and is taken as it is.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `PATH_REFUSED`, `EXPRESSION_FAILED`.
 */
export function findImages(images: unknown, files: FileAccess): Promise<readonly FoundImage[]> {
  const all = images === null || images === undefined ? [] : Array.isArray(images) ? images : [images];
  return Promise.all(
    all.map(async (one): Promise<FoundImage> => {
      const named = textIn(one, 'images');
      if (named.startsWith('data:')) return { source: named, hash: createHash('sha256').update(named).digest('hex') };
      const path = await files.toRead(named);
      return { source: { path }, hash: await hashOf(path) };
    }),
  );
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError(path, error);
  }
  return hash.digest('hex');
}
