import { type FileHandle, open } from 'node:fs/promises';
import type { BasicType, Writer } from 'hyparquet-writer';
import { cellOf, createParquetTypes, type ParquetColumn, type ParquetType, valueIn } from './parquet-types.ts';
import { replaceFile } from './replace-file.ts';

/** A row of results, as the journal keeps it. */
export interface SavedRow {
  readonly key: string;
  /** Its fields. */
  readonly json: string;
}

/** Rows of a row group, and characters of their JSON: what of a file is in memory. */
const [maxGroupRows, maxGroupSize] = [10_000, 8 * 1024 * 1024];

const wireTypes: Readonly<Record<ParquetType, BasicType>> = { string: 'STRING', number: 'DOUBLE', boolean: 'BOOLEAN' };

/** What the file says of itself, so that it may be replaced. */
export const parquetMark = { key: 'millrace', value: 'results' } as const;

/**
 * Writes results as a Parquet file, whole or not at all: `key`, then the columns, each of the type that all of its values have, or text.
 *
 * @param rows Gives the rows, the same ones, each of the two times that it is called: for their types, and to be written.
 * @throws {MillraceError} `SAVE_FAILED`; what was there before is still there.
 */
export async function writeParquet(
  path: string,
  columns: readonly ParquetColumn[],
  rows: () => Iterable<SavedRow> | AsyncIterable<SavedRow>,
): Promise<void> {
  const types = createParquetTypes(columns);
  for await (const { json } of rows()) types.see(JSON.parse(json));
  const found = types.found();
  const typed = columns.map(({ name }, index) => ({ name, type: found[index] ?? 'string' }));
  await replaceFile(path, async (beside) => {
    const file = await open(beside, 'wx', 0o644);
    try {
      await writeRows(file, typed, rows());
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

type TypedColumn = Required<Pick<ParquetColumn, 'name'>> & { readonly type: ParquetType };
type Cell = string | number | boolean | null;

async function writeRows(
  file: FileHandle,
  columns: readonly TypedColumn[],
  rows: Iterable<SavedRow> | AsyncIterable<SavedRow>,
): Promise<void> {
  const { ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const heads = [
    { name: 'key', type: wireTypes.string, nullable: false },
    ...columns.map(({ name, type }) => ({ name, type: wireTypes[type], nullable: true })),
  ];
  const schema = schemaFromColumnData({ columnData: heads.map((head) => ({ ...head, data: [] })) });
  const writer = await fileWriter(file);
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'millrace', kvMetadata: [parquetMark] });
  let cells: Cell[][] = heads.map(() => []);
  let size = 0;
  const flush = async (): Promise<void> => {
    const rowGroupSize = cells[0]?.length ?? 0;
    if (rowGroupSize === 0) return;
    await parquet.write({
      columnData: heads.map(({ name }, index) => ({ name, data: cells[index] ?? [] })),
      rowGroupSize,
    });
    cells = heads.map(() => []);
    size = 0;
  };
  for await (const { key, json } of rows) {
    const fields = JSON.parse(json) as Readonly<Record<string, unknown>>;
    cells[0]?.push(key);
    columns.forEach(({ name, type }, index) => {
      cells[index + 1]?.push(cellOf(valueIn(fields, name), type));
    });
    size += json.length;
    if (size >= maxGroupSize || (cells[0]?.length ?? 0) >= maxGroupRows) await flush();
  }
  await flush();
  await parquet.finish();
}

/** Bytes of a row group go to the file when it is whole. */
async function fileWriter(file: FileHandle): Promise<Writer> {
  const { ByteWriter } = await import('hyparquet-writer');
  const writer = new ByteWriter();
  const flush = async (): Promise<void> => {
    const bytes = writer.getBytes();
    for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
    writer.index = 0;
  };
  return Object.assign(writer, { flush, finish: flush });
}
