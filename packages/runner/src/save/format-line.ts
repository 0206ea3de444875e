import { extname } from 'node:path';
import { MillraceError } from '@millrace/errors';

/** How results become lines. */
export interface LineFormat {
  /** The first line with its end; empty where there is none. */
  readonly header: string;
  /** A line with its end. */
  line(key: string, fields: Readonly<Record<string, unknown>>): string;
}

/** How the groups of a reduce become lines. */
export interface GroupFormat {
  readonly header: string;
  line(group: unknown, count: number, value: unknown): string;
}

/**
 * The format of a file of groups by its ending; `-` is jsonl.
 *
 * @throws {MillraceError} `SAVE_FAILED` for another ending.
 */
export function groupFormat(path: string): GroupFormat {
  const isJson = lineFormat(path, []) === jsonLines;
  return isJson
    ? { header: '', line: (group, count, value) => `${JSON.stringify({ group, count, value })}\n` }
    : { header: 'group,count,value\n', line: (...cells) => `${cells.map(cell).join(',')}\n` };
}

/**
 * The format of a file by its ending; `-` is jsonl.
 *
 * @param names The fields of each line, in their order.
 * @throws {MillraceError} `SAVE_FAILED` for another ending.
 */
export function lineFormat(path: string, names: readonly string[]): LineFormat {
  const ending = path === '-' ? '.jsonl' : extname(path).toLowerCase();
  if (ending === '.jsonl' || ending === '.ndjson') return jsonLines;
  if (ending === '.csv') return csvLines(names);
  throw new MillraceError('SAVE_FAILED', `\`${path}\` has no ending that results are written to.`, {
    hint: 'Use .jsonl or .csv, or `-`.',
  });
}

const jsonLines: LineFormat = {
  header: '',
  line: (key, fields) => `${JSON.stringify({ key, ...fields })}\n`,
};

const csvLines = (names: readonly string[]): LineFormat => ({
  header: `${['key', ...names].map(quoted).join(',')}\n`,
  line: (key, fields) => `${[cell(key), ...names.map((name) => cell(fields[name]))].join(',')}\n`,
});

/** Null is an empty cell; what is no text stands as JSON. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return quoted(typeof value === 'string' ? harmless(value) : JSON.stringify(value));
}

/** A spreadsheet would run a text that begins like a formula; a quote in front makes it a text. Numbers stay numbers. */
function harmless(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text);
  return isFormula ? `'${text}` : text;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
