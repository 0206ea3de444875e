import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { MillraceError } from '@millrace/errors';
import type { FileAccess } from '../paths/file-access.ts';
import { fileError } from '../paths/file-error.ts';
import type { BrokenRow, ReadRow } from '../row.ts';
import { readCsv } from './read-csv.ts';
import { readFolder } from './read-folder.ts';
import { readJsonl } from './read-jsonl.ts';
import { readTxt } from './read-txt.ts';

/** The kinds of input, by how they are read. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl' | 'txt' | 'folder';

const formats: Readonly<Record<string, RowFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.txt': 'txt',
};

/**
 * How the rows at a path are read: a folder (or a name with `*`), else by the ending.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for another ending.
 */
export async function rowFormat(path: string): Promise<RowFormat> {
  if (basename(path).includes('*') || (await stat(path)).isDirectory()) return 'folder';
  const format = formats[extname(path).toLowerCase()];
  if (format) return format;
  throw new MillraceError('ROWS_UNREADABLE', `${path} has none of the endings that rows are read from.`, {
    hint: `Use ${Object.keys(formats).join(', ')}, or a folder of text files.`,
  });
}

/**
 * The rows of a file or folder, read as they are asked for; ending the loop closes the file.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `ROWS_UNREADABLE`.
 */
export async function* openRows(path: string, files: FileAccess): AsyncGenerator<ReadRow | BrokenRow> {
  try {
    yield* readRows(path, files);
  } catch (error) {
    throw fileError(path, error);
  }
}

async function* readRows(path: string, files: FileAccess): AsyncGenerator<ReadRow | BrokenRow> {
  switch (await rowFormat(path)) {
    case 'csv':
      return yield* readCsv(path, ',');
    case 'tsv':
      return yield* readCsv(path, '\t');
    case 'jsonl':
      return yield* readJsonl(path);
    case 'txt':
      return yield* readTxt(path);
    case 'folder':
      return yield* readFolder(path, files);
  }
}
