import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../paths/file-error.ts';
import { listFiles } from './list-files.ts';
import type { RowsSource } from './open-source.ts';

/** Bytes at each end of a file that are looked at. */
const endBytes = 64 * 1024;

/**
 * A text that is another when the rows are, without reading them: of a file its path, size, time of change and a hash of its ends; of a
 * folder or pattern a hash of the names, sizes and times of its files.
 *
 * @returns undefined for standard input, which nobody reads twice.
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`.
 */
export async function fingerprintOf({
  path,
  format,
}: Pick<RowsSource, 'path' | 'format'>): Promise<string | undefined> {
  if (path === '-') return undefined;
  try {
    return JSON.stringify(format === 'files' ? await ofFiles(path) : await ofFile(path));
  } catch (error) {
    throw fileError(path, error);
  }
}

async function ofFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    const hash = createHash('sha256');
    hash.update(await part(file, 0, Math.min(size, endBytes)));
    hash.update(await part(file, Math.max(0, size - endBytes), size));
    return { path, size, mtimeMs, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** What is there of these bytes: a file may be cut while it is read. */
async function part(file: FileHandle, from: number, to: number): Promise<Uint8Array> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

async function ofFiles(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { folder, names } = await listFiles(path);
  const hash = createHash('sha256');
  for (const name of names) {
    // A link to nothing, or a file that has just gone, is a row that cannot be read.
    const facts = await stat(join(folder, name)).catch(() => undefined);
    hash.update(JSON.stringify([name, facts?.size, facts?.mtimeMs]));
  }
  return { path, files: names.length, sha256: hash.digest('hex') };
}
