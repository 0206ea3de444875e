import type { Readable } from 'node:stream';
import type { Columns, ColumnType, RowFormat } from '@millrace/schema';
import type { FileAccess } from '../paths/file-access.ts';
import { fileError } from '../paths/file-error.ts';
import type { BrokenRow, ReadRow } from '../row.ts';
import { listFiles } from './list-files.ts';
import { type Batch, type PulledRows, pullRows } from './pull-rows.ts';
import { readCsv } from './read-csv.ts';
import { readFiles } from './read-files.ts';
import { readJson } from './read-json.ts';
import { readJsonl } from './read-jsonl.ts';
import { describeParquet, readParquet } from './read-parquet.ts';
import { readTxt } from './read-txt.ts';
import { rowFormat } from './row-format.ts';
import { allStrings, columnsOf, sampleSize, withDeclared } from './sample-columns.ts';
import { unreadable } from './unreadable.ts';

/** What rows come from, and how they are written there. */
export interface SourceOptions {
  /** Absolute, without links; or `-`. */
  readonly path: string;
  /** Default: by the ending. */
  readonly format?: RowFormat | undefined;
  /** A name that `TextDecoder` takes. Default: utf-8; a byte order mark wins. */
  readonly encoding?: string | undefined;
  /** What the files of a folder may be. */
  readonly files: FileAccess;
  /** What `-` stands for. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** How long a sample of standard input waits for more rows than it has. Default: 250. */
  readonly quietMs?: number | undefined;
}

/** The rows of a workflow's input. */
export interface RowsSource {
  readonly path: string;
  readonly format: RowFormat;
  /** False for standard input: `rows()` may be called once. */
  readonly isRepeatable: boolean;
  /**
   * The columns: from a header, or from the first 100 rows; what is declared wins and may add some. Of standard input from the rows that
   * come at once, and at least one; `rows()` gives them all the same.
   *
   * @returns undefined where there is no row to learn from.
   */
  columns(declared: Readonly<Record<string, ColumnType>>): Promise<Columns | undefined>;
  /** All rows, read as they are asked for; ending the loop closes the file. */
  rows(): AsyncIterable<ReadRow | BrokenRow>;
  /** The first rows, as `rows()` will give them again; of standard input those that come at once, at most a hundred. */
  sample(size: number): Promise<readonly ReadRow[]>;
  /** How many rows there are, where that is known without reading them. */
  count(): Promise<number | undefined>;
  /** Lets go of standard input where no loop did. */
  close(): Promise<void>;
}

/**
 * Finds out how the rows at a path are read. Files are opened by each loop over `rows()`, standard input by the first look at it.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `ROWS_UNREADABLE`, here and from all that the source does.
 */
export async function openSource(options: SourceOptions): Promise<RowsSource> {
  const { path, stdin, quietMs = 250 } = options;
  const format = await orFileError(path, rowFormat(path, options.format));
  const isRepeatable = path !== '-';
  let header: readonly string[] | undefined;
  const open = (): PulledRows =>
    pullRows(
      path,
      readBatches(options, format, (names) => {
        header = names;
      }),
      () => (stdin as Partial<Readable> | undefined)?.destroy?.(),
    );
  let stream: PulledRows | undefined;
  const opened = (): PulledRows => {
    stream ??= open();
    return stream;
  };
  let isTaken = false;

  let streamSample: Promise<readonly ReadRow[]> | undefined;
  const sample = async (size: number, isEnough = (): boolean => false): Promise<readonly ReadRow[]> => {
    if (!isRepeatable) {
      streamSample ??= opened().sample(sampleSize, quietMs, isEnough);
      return streamSample;
    }
    const rows = open();
    const seen = await rows.sample(size, Infinity, isEnough);
    await rows.return();
    return seen;
  };
  const findColumns = async (): Promise<Columns | undefined> => {
    if (format === 'txt') return allStrings(['text']);
    if (format === 'files') return allStrings(['path', 'name', 'text']);
    const names = format === 'parquet' ? (await describeParquet(path)).columns : undefined;
    const rows = await sample(sampleSize, () => header !== undefined);
    if (header) return allStrings(header);
    return names || rows.length > 0 ? columnsOf(rows, names) : undefined;
  };

  return {
    path,
    format,
    isRepeatable,
    columns: async (declared) => {
      if (!isRepeatable && !stdin) return undefined;
      const found = await orFileError(path, findColumns());
      return found && withDeclared(found, declared);
    },
    rows: () => {
      if (isRepeatable) return open();
      if (isTaken) throw unreadable(path, ' can be read once only.');
      isTaken = true;
      return opened();
    },
    sample: (size) => sample(size),
    count: async () => {
      if (format === 'parquet') return (await orFileError(path, describeParquet(path))).rows;
      return format === 'files' ? (await orFileError(path, listFiles(path))).names.length : undefined;
    },
    close: async () => {
      await stream?.return();
    },
  };
}

function readBatches(
  options: SourceOptions,
  format: RowFormat,
  onHeader: (names: readonly string[]) => void,
): AsyncGenerator<Batch> {
  const { path, encoding, files } = options;
  switch (format) {
    case 'csv':
      return readCsv(options, ',', { encoding, onHeader });
    case 'tsv':
      return readCsv(options, '\t', { encoding, onHeader });
    case 'jsonl':
      return readJsonl(options, encoding);
    case 'json':
      return readJson(options, encoding);
    case 'txt':
      return readTxt(options, encoding);
    case 'parquet':
      return readParquet(path);
    case 'files':
      return readFiles(path, files, encoding);
  }
}

const orFileError = <Value>(path: string, value: Promise<Value>): Promise<Value> =>
  value.catch((error: unknown) => {
    throw fileError(path, error);
  });
