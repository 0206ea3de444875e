import { type FileHandle, open } from 'node:fs/promises';
import { isMillraceError } from '@millrace/errors';
import type { AsyncBuffer, FileMetaData, SchemaElement } from 'hyparquet';
import type { ReadRow } from '../row.ts';
import { jsonValueOf, parquetParsers } from './parquet-values.ts';
import { rowMaker } from './row-maker.ts';
import { unreadable } from './unreadable.ts';

/** Rows that are decoded together, by their bytes before compression; large row groups are read in slices of this. */
const sliceBytes = 16 * 1024 * 1024;
const maxSliceRows = 20_000;

/**
 * Rows of a Parquet file, a row group or a slice of one at a time; their place is `row 17`, counted from 1.
 *
 * Integers that a JSON number cannot hold are texts, times are ISO 8601 texts, bytes without a type are base64, what is not finite is
 * null; lists and structs stay what they are.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for a file that is none, or broken.
 */
export async function* readParquet(path: string): AsyncGenerator<ReadRow[]> {
  const { parquetRead } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const parquet = await openParquet(path);
  try {
    const { file, metadata } = parquet;
    const columns = await columnsIn(metadata);
    const toValue = rowMaker<unknown>(
      columns.map(({ name }) => name),
      (cell, index) => jsonValueOf(cell, decimalsOf(columns[index])),
    );
    for (const [rowStart, rowEnd] of slicesOf(metadata)) {
      const found: unknown[][] = [];
      const onComplete = (rows: unknown[][]): void => {
        for (const row of rows) found.push(row);
      };
      const options = { file, metadata, compressors, parsers: parquetParsers, utf8: false, useOffsetIndex: true };
      // Rows as lists: as objects, the library would lose a column called `__proto__`.
      await parquetRead({ ...options, rowFormat: 'array', rowStart, rowEnd, onComplete });
      if (found.length !== rowEnd - rowStart)
        throw new Error(`${found.length} of ${rowEnd - rowStart} rows were found`);
      yield found.map((cells, index) => ({ place: `row ${rowStart + index + 1}`, value: toValue(cells) }));
    }
  } catch (cause) {
    throw isFileError(cause) ? cause : damaged(path, cause);
  } finally {
    await parquet.close();
  }
}

/** Rows of a Parquet file, and the names of its columns, without reading the rows. */
export async function describeParquet(
  path: string,
): Promise<{ readonly rows: number; readonly columns: readonly string[] }> {
  const { metadata, close } = await openParquet(path);
  await close();
  return { rows: Number(metadata.num_rows), columns: (await columnsIn(metadata)).map(({ name }) => name) };
}

async function columnsIn(metadata: FileMetaData): Promise<readonly SchemaElement[]> {
  const { parquetSchema } = await import('hyparquet');
  return parquetSchema(metadata).children.map(({ element }) => element);
}

const decimalsOf = (column: SchemaElement | undefined): number | undefined =>
  column?.converted_type === 'DECIMAL' ? (column.scale ?? 0) : undefined;

interface OpenParquet {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  close(): Promise<void>;
}

async function openParquet(path: string): Promise<OpenParquet> {
  const { parquetMetadataAsync } = await import('hyparquet');
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const file = { byteLength: size, slice: (from: number, to?: number) => readPart(handle, from, to ?? size) };
    const metadata = await parquetMetadataAsync(file, { parsers: parquetParsers });
    return { file, metadata, close: () => handle.close() };
  } catch (cause) {
    await handle.close();
    throw isFileError(cause) ? cause : damaged(path, cause);
  }
}

async function readPart(handle: FileHandle, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) throw new Error('the file ends too early');
    at += bytesRead;
  }
  return bytes.buffer;
}

function* slicesOf({ row_groups }: FileMetaData): Generator<readonly [number, number]> {
  let start = 0;
  for (const { num_rows, total_byte_size } of row_groups) {
    const rows = Number(num_rows);
    const fitting = Math.ceil((rows * sliceBytes) / Math.max(1, Number(total_byte_size)));
    const step = Math.max(1, Math.min(maxSliceRows, fitting));
    for (let from = 0; from < rows; from += step) yield [start + from, start + Math.min(rows, from + step)];
    start += rows;
  }
}

const isFileError = (error: unknown): boolean =>
  isMillraceError(error) || (error as NodeJS.ErrnoException).syscall !== undefined;

const damaged = (path: string, cause: unknown): Error =>
  unreadable(path, ` cannot be read as Parquet: ${(cause as Error).message}.`, {
    cause,
    hint: 'It is another kind of file, or it was not written to its end.',
  });
