import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { RowFormat } from '@millrace/schema';
import { unreadable } from './unreadable.ts';

const formats: Readonly<Record<string, RowFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
  '.txt': 'txt',
  '.parquet': 'parquet',
};

/** How the rows of a file are read by its ending, behind which `.gz` may stand; undefined for another ending. */
export const formatOfName = (path: string): RowFormat | undefined =>
  formats[extname(path.replace(/\.gz$/i, '')).toLowerCase()];

/**
 * How the rows at a path are read: as told, else a folder or a name with `*` as files, standard input as jsonl, and the rest by the ending.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for another ending, and for what standard input cannot be.
 */
export async function rowFormat(path: string, told: RowFormat | undefined): Promise<RowFormat> {
  if (path === '-') return ofStream(told ?? 'jsonl');
  if (told !== undefined) return told;
  if (path.includes('*') || (await stat(path)).isDirectory()) return 'files';
  const format = formatOfName(path);
  if (format) return format;
  throw unreadable(path, ` has none of the endings that rows are read from.`, {
    hint: `Say how it is written with \`each.format\`, or name it ${Object.keys(formats).join(', ')}.`,
  });
}

function ofStream(format: RowFormat): RowFormat {
  if (format !== 'parquet' && format !== 'files') return format;
  throw unreadable('-', ` cannot be read as ${format}.`, {
    hint: format === 'parquet' ? 'Its table of contents stands at the end: name a file.' : 'Name a folder.',
  });
}
