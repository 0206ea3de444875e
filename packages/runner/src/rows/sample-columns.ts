import type { Columns, ColumnType, ValueType } from '@millrace/schema';
import type { FileAccess } from '../paths/file-access.ts';
import { fileError } from '../paths/file-error.ts';
import { openRows, rowFormat } from './open-rows.ts';
import { readCsvHeader } from './read-csv.ts';

/** Rows of a jsonl file that are looked at for their columns. */
const sampleSize = 100;

const types: Readonly<Record<ColumnType, ValueType>> = { string: 'string', number: 'double', boolean: 'bool' };

/**
 * The columns of a file of rows: from the header, or from its first rows; what `each.columns` declares wins and may add some.
 *
 * @returns undefined where there is no row to learn from.
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `ROWS_UNREADABLE`.
 */
export async function sampleColumns(
  path: string,
  declared: Readonly<Record<string, ColumnType>>,
  files: FileAccess,
): Promise<Columns | undefined> {
  const found = await findColumns(path, files).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (!found) return undefined;
  return { ...found, ...Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, types[type]])) };
}

async function findColumns(path: string, files: FileAccess): Promise<Columns | undefined> {
  switch (await rowFormat(path)) {
    case 'csv':
      return allStrings(await readCsvHeader(path, ','));
    case 'tsv':
      return allStrings(await readCsvHeader(path, '\t'));
    case 'txt':
      return allStrings(['text']);
    case 'folder':
      return allStrings(['path', 'name', 'text']);
    case 'jsonl':
      return sampleObjects(path, files);
  }
}

const allStrings = (names: readonly string[]): Columns =>
  Object.fromEntries(names.map((name) => [name, 'string' as const]));

async function sampleObjects(path: string, files: FileAccess): Promise<Columns | undefined> {
  // A map, since a column may be called `__proto__`.
  const columns = new Map<string, ValueType>();
  let seen = 0;
  for await (const row of openRows(path, files)) {
    if ('error' in row) continue;
    for (const [name, value] of Object.entries(row.value)) {
      const known = columns.get(name);
      if (value !== null) columns.set(name, known !== undefined && known !== typeOf(value) ? 'dyn' : typeOf(value));
      else if (known === undefined) columns.set(name, 'dyn');
    }
    if (++seen === sampleSize) break;
  }
  return seen === 0 ? undefined : Object.fromEntries(columns);
}

function typeOf(value: unknown): ValueType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'double';
  return typeof value === 'boolean' ? 'bool' : 'dyn';
}
