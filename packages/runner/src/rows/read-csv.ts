import type { BrokenRow, ReadRow } from '../row.ts';
import type { ByteInput } from './open-bytes.ts';
import { type Lines, maxLineBytes, readLines } from './read-lines.ts';
import { rowMaker } from './row-maker.ts';
import { brokenRow, unreadable } from './unreadable.ts';

/** How cells are parted. */
export type Delimiter = ',' | '\t';

/** What else a table is read with. */
export interface CsvOptions {
  readonly encoding?: string | undefined;
  /** Hears the names of the columns before the first row, with which they may have come together. */
  readonly onHeader?: (names: readonly string[]) => void;
}

/**
 * Rows of a csv or tsv file with a header line, as they came together; every cell is a string. Quotes, and line breaks inside them, are
 * as in RFC 4180; a quote inside a cell that does not begin with one stands for itself. Empty lines are none.
 *
 * A line with more or fewer cells than the header is a broken row; where a quote is never closed, the rest of the file is one.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for a header that is missing or names a column twice, and as `readLines` does.
 */
export async function* readCsv(
  input: ByteInput,
  delimiter: Delimiter,
  { encoding, onHeader }: CsvOptions = {},
): AsyncGenerator<(ReadRow | BrokenRow)[]> {
  const { path } = input;
  const records = createRecords(delimiter);
  let toRow: ((cells: readonly string[]) => ReadRow['value']) | undefined;
  let width = 0;
  for await (const lines of readLines(input, encoding)) {
    const rows: (ReadRow | BrokenRow)[] = [];
    for (const { line, cells, error } of records.take(lines)) {
      const place = `line ${line}`;
      if (!toRow) {
        if (error !== undefined) throw unreadable(path, `, ${place}: ${error}`, { hint: headerHint });
        toRow = rowMaker(checkedHeader(cells, path, line), (cell) => cell);
        width = cells.length;
        onHeader?.(cells);
      } else if (error !== undefined) rows.push(brokenRow(path, place, error, { hint: quoteHint }));
      else if (cells.length === width) rows.push({ place, value: toRow(cells) });
      else
        rows.push(brokenRow(path, place, `${cells.length} cells, and the header has ${width}.`, { hint: quoteHint }));
    }
    yield rows;
    if (records.openBytes() > maxLineBytes) break;
  }
  const open = records.openSince();
  if (open === undefined) {
    if (!toRow) throw unreadable(path, ' is empty.', { hint: headerHint });
    return;
  }
  const why = 'the rest of the file cannot be read: a quote is opened here and never closed.';
  if (!toRow) throw unreadable(path, `, line ${open}: ${why}`, { hint: headerHint });
  yield [brokenRow(path, `line ${open}`, why, { hint: quoteHint })];
}

const headerHint = 'The first line of a csv file names its columns.';
const quoteHint = 'A cell with a comma, a quote or a line break stands in quotes, and quotes in it are doubled.';

function checkedHeader(header: readonly string[], path: string, line: number): readonly string[] {
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) throw unreadable(path, `, line ${line}: the column \`${twice}\` stands there twice.`);
  return header;
}

/** A line of the table, which may take several of the file. */
interface TableLine {
  readonly line: number;
  readonly cells: readonly string[];
  readonly error?: string | undefined;
}

/** A quoted cell that goes on in the next line. */
interface OpenCell {
  readonly line: number;
  readonly cells: string[];
  readonly parts: string[];
  size: number;
}

interface Records {
  take(lines: Lines): Generator<TableLine>;
  /** The line of a quote that is not closed yet. */
  openSince(): number | undefined;
  openBytes(): number;
}

function createRecords(delimiter: Delimiter): Records {
  let open: OpenCell | undefined;

  /** Reads a line from a place in it, with the cells that stand before. */
  const read = (text: string, line: number, cells: string[], from: number): TableLine | undefined => {
    let at = from;
    for (;;) {
      if (text[at] !== '"') {
        const end = text.indexOf(delimiter, at);
        cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
        if (end < 0) return { line, cells };
        at = end + 1;
        continue;
      }
      const end = closingQuote(text, at + 1);
      if (end < 0) {
        open = { line, cells, parts: [text.slice(at + 1)], size: text.length };
        return undefined;
      }
      cells.push(unquoted(text.slice(at + 1, end)));
      if (end + 1 === text.length) return { line, cells };
      if (text[end + 1] !== delimiter) return { line, cells, error: afterQuote(text, end) };
      at = end + 2;
    }
  };

  const readLine = (text: string, line: number, cells: string[], from: number): TableLine | undefined => {
    const record = read(withoutReturn(text), line, cells, from);
    // A cell that goes on keeps the line end that it had.
    if (!record && open && text.endsWith('\r')) open.parts[0] += '\r';
    return record;
  };

  const goOn = (text: string, ended: OpenCell): TableLine | undefined => {
    const end = closingQuote(text, 0);
    if (end < 0) {
      ended.parts.push(text);
      ended.size += text.length + 1;
      return undefined;
    }
    open = undefined;
    const { line, cells, parts } = ended;
    cells.push(unquoted([...parts, text.slice(0, end)].join('\n')));
    if (end + 1 === withoutReturn(text).length) return { line, cells };
    if (text[end + 1] !== delimiter) return { line, cells, error: afterQuote(text, end) };
    return readLine(text, line, cells, end + 2);
  };

  const start = (text: string, line: number): TableLine | undefined => {
    if (text === '' || text === '\r') return undefined;
    if (!text.includes('"')) return { line, cells: withoutReturn(text).split(delimiter) };
    return readLine(text, line, [], 0);
  };

  return {
    *take({ number, texts }) {
      let line = number;
      for (const text of texts) {
        const record = open ? goOn(text, open) : start(text, line);
        if (record) yield record;
        line++;
      }
    },
    openSince: () => open?.line,
    openBytes: () => open?.size ?? 0,
  };
}

/** The place of the quote that ends a quoted cell; two quotes are one of its text. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

const unquoted = (text: string): string => (text.includes('"') ? text.replaceAll('""', '"') : text);
const withoutReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);
const afterQuote = (text: string, end: number): string =>
  `a quoted cell ends with a quote, and \`${text.slice(end + 1, end + 21)}\` stands behind it.`;
