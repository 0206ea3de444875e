import { readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { FileAccess } from '../paths/file-access.ts';
import type { BrokenRow, ReadRow } from '../row.ts';
import { listFiles } from './list-files.ts';
import { markOf } from './open-text.ts';
import { brokenRow } from './unreadable.ts';

/** A text that is longer is no prompt. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * A row a file of a folder or pattern, in the order of their ways from it: `row.path` (that way), `row.name` (the name without its
 * ending) and `row.text`. A file that cannot be read, is no text, or is longer than 16 MiB is a broken row.
 */
export async function* readFiles(
  path: string,
  files: FileAccess,
  encoding = 'utf-8',
): AsyncGenerator<(ReadRow | BrokenRow)[]> {
  const { folder, names } = await listFiles(path);
  for (const name of names) yield [await readOne(join(folder, name), name, files, encoding)];
}

async function readOne(path: string, way: string, files: FileAccess, encoding: string): Promise<ReadRow | BrokenRow> {
  const broken = (why: string, cause?: unknown): BrokenRow => {
    const { place, error } = brokenRow(path, way, why, { cause });
    return { place, error };
  };
  try {
    const allowed = await files.toRead(path);
    const facts = await stat(allowed);
    if (!facts.isFile()) return broken('it is no file.');
    if (facts.size > maxFileBytes) return broken(`it is longer than ${maxFileBytes} bytes.`);
    const bytes = await readFile(allowed);
    const marked = markOf(bytes)?.[0] ?? encoding;
    const text = new TextDecoder(marked, { fatal: true }).decode(bytes);
    if (text.includes('\0')) return broken('there is a NUL in it, so it is no text.');
    const name = basename(way);
    return { place: way, value: { path: way, name: name.slice(0, name.length - extname(name).length), text } };
  } catch (cause) {
    const notText = (cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return broken(notText ? `it is not ${encoding.toUpperCase()} text.` : (cause as Error).message, cause);
  }
}
