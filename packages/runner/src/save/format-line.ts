import { extname } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { harmless } from './harmless-cell.ts';

/** How results become lines. */
export interface LineFormat {
  /** The first line with its end; empty where there is none. */
  readonly header: string;
  /** A line with its end. @param json The fields, as the journal keeps them: JSON without spaces around, and no field `key` in it. */
  line(key: string, json: string): string;
}

/** How the groups of a reduce become lines. */
export interface GroupFormat {
  readonly header: string;
  /** A line with its end. @param json An object of `group`, `count` and `value`, as the journal keeps it. */
  line(json: string): string;
}

type Delimiter = ',' | '\t';

/**
 * The format of a file of groups by its ending; `-` is jsonl.
 *
 * @throws {MillraceError} `SAVE_FAILED` for another ending.
 */
export function groupFormat(path: string): GroupFormat {
  const delimiter = delimiterOf(path);
  if (delimiter === undefined) return { header: '', line: (json) => `${json}\n` };
  return {
    header: joined(['group', 'count', 'value'], delimiter),
    line: (json) => {
      const { group, count, value } = JSON.parse(json) as Readonly<Record<string, unknown>>;
      return joined([group, count, value], delimiter);
    },
  };
}

/**
 * The format of a file of lines by its ending; `-` is jsonl.
 *
 * @param names The fields of each line, in their order.
 * @throws {MillraceError} `SAVE_FAILED` for another ending.
 */
export function lineFormat(path: string, names: readonly string[]): LineFormat {
  const delimiter = delimiterOf(path);
  if (delimiter === undefined) return { header: '', line: jsonLine };
  return {
    header: joined(['key', ...names], delimiter),
    line: (key, json) => {
      const fields = new Map(Object.entries(JSON.parse(json) as object));
      return joined([key, ...names.map((name) => fields.get(name))], delimiter);
    },
  };
}

const delimiters: Readonly<Record<string, Delimiter | undefined>> = {
  '.jsonl': undefined,
  '.ndjson': undefined,
  '.csv': ',',
  '.tsv': '\t',
};

/** What parts the cells of a file; undefined where it has lines of JSON. */
function delimiterOf(path: string): Delimiter | undefined {
  const ending = path === '-' ? '.jsonl' : extname(path).toLowerCase();
  if (Object.hasOwn(delimiters, ending)) return delimiters[ending];
  throw new MillraceError('SAVE_FAILED', `\`${path}\` has no ending that results are written to.`, {
    hint: 'Use .jsonl, .csv, .tsv or .parquet, or `-`.',
  });
}

const jsonLine = (key: string, json: string): string =>
  json === '{}' ? `{"key":${JSON.stringify(key)}}\n` : `{"key":${JSON.stringify(key)},${json.slice(1)}\n`;

const joined = (cells: readonly unknown[], delimiter: Delimiter): string =>
  `${cells.map((cell) => cellOf(cell, delimiter)).join(delimiter)}\n`;

/** Null is an empty cell; what is no text stands as JSON. */
function cellOf(value: unknown, delimiter: Delimiter): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? harmless(value) : JSON.stringify(value);
  const isPlain = !/["\r\n]/.test(text) && !text.includes(delimiter);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
