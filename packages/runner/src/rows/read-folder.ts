import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { MillraceError } from '@millrace/errors';
import type { FileAccess } from '../paths/file-access.ts';
import type { BrokenRow, ReadRow } from '../row.ts';

/** A text that is longer is no prompt. */
const maxFileBytes = 16 * 1024 * 1024;

/**
 * A row a file, in the order of the names: `row.path`, `row.name` (without its ending) and `row.text`. Dot files and folders are passed
 * over; `*` in the last part of the path chooses by name.
 */
export async function* readFolder(path: string, files: FileAccess): AsyncGenerator<ReadRow | BrokenRow> {
  const { folder, names } = await listFiles(path);
  for (const name of names) yield await readOne(join(folder, name), name, files);
}

/** The folder and the names of the files in it that a path such as `prompts` or `prompts/*.txt` means. */
async function listFiles(path: string): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const pattern = basename(path).includes('*') ? basename(path) : '*';
  const folder = pattern === '*' && basename(path) !== '*' ? path : dirname(path);
  const matches = new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && matches.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  return { folder, names };
}

async function readOne(path: string, name: string, files: FileAccess): Promise<ReadRow | BrokenRow> {
  const broken = (message: string, cause?: unknown): BrokenRow => ({
    place: name,
    error: new MillraceError('ROWS_UNREADABLE', `${path}: ${message}`, { cause }),
  });
  try {
    const allowed = await files.toRead(path);
    if ((await stat(allowed)).size > maxFileBytes) return broken(`longer than ${maxFileBytes} bytes.`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(allowed));
    return { place: name, value: { path: name, name: name.slice(0, name.length - extname(name).length), text } };
  } catch (cause) {
    const notText = (cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    return broken(notText ? 'not UTF-8 text.' : (cause as Error).message, cause);
  }
}

const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&');
