import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { MillraceError } from '@millrace/errors';
import { type CsvError, type Info, parse } from 'csv-parse';
import type { BrokenRow, ReadRow } from '../row.ts';

/** What the parser gives for a line: its cells, and how many lines were read with it. */
interface Parsed {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Rows of a csv or tsv file with a header line; every cell is a string.
 *
 * A line with more or fewer cells than the header is a broken row; where a quote is never closed, the rest of the file is one.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for a header that names a column twice.
 */
export async function* readCsv(path: string, delimiter: ',' | '\t'): AsyncGenerator<ReadRow | BrokenRow> {
  let header: readonly string[] | undefined;
  let lastLine = 0;
  try {
    for await (const { record, info } of parsedLines(path, delimiter)) {
      const place = `line ${lastLine + 1}`;
      lastLine = info.lines;
      if (header) yield toRow(record, header, place, path);
      else header = checkedHeader(record, path);
    }
  } catch (error) {
    if (header === undefined || !isCsvError(error)) throw error;
    const message = `${path}, line ${lastLine + 1}: the rest of the file cannot be read: ${error.message}`;
    yield { place: `line ${lastLine + 1}`, error: new MillraceError('ROWS_UNREADABLE', message, { cause: error }) };
  }
}

/** The names of the columns. */
export async function readCsvHeader(path: string, delimiter: ',' | '\t'): Promise<readonly string[]> {
  try {
    for await (const { record } of parsedLines(path, delimiter)) return checkedHeader(record, path);
  } catch (cause) {
    if (!isCsvError(cause)) throw cause;
    throw new MillraceError('ROWS_UNREADABLE', `${path}, line 1: ${cause.message}`, { cause });
  }
  throw new MillraceError('ROWS_UNREADABLE', `${path} is empty.`, {
    hint: 'The first line of a csv file names its columns.',
  });
}

function parsedLines(path: string, delimiter: string): AsyncIterable<Parsed> {
  const parser = parse({ bom: true, delimiter, info: true, relax_column_count: true, skip_empty_lines: true });
  // An error of the file ends the parser with it, and ending the loop early closes the file.
  pipeline(createReadStream(path), parser, () => {});
  return parser as AsyncIterable<Parsed>;
}

function checkedHeader(header: readonly string[], path: string): readonly string[] {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined)
    throw new MillraceError('ROWS_UNREADABLE', `${path}, line 1: the column \`${twice}\` stands there twice.`);
  return header;
}

function toRow(record: readonly string[], header: readonly string[], place: string, path: string): ReadRow | BrokenRow {
  if (record.length !== header.length) {
    const message = `${path}, ${place}: ${record.length} cells, and the header has ${header.length}.`;
    return {
      place,
      error: new MillraceError('ROWS_UNREADABLE', message, {
        hint: 'A cell with a comma or a quote must stand in quotes.',
      }),
    };
  }
  return { place, value: Object.fromEntries(header.map((name, index) => [name, record[index]])) };
}

const isCsvError = (error: unknown): error is CsvError =>
  (error as { code?: string }).code?.startsWith('CSV_') ?? false;
