import { OllamaError } from '@millrace/errors';
import { Observable, type Observer, type OperatorFunction } from 'rxjs';
import { createLineSplitter } from './line-splitter.ts';

/** How `ndjson` names and bounds its lines. */
export interface NdjsonOptions {
  /** Longest line, without its newline. Default: 64 MiB, since a final message may carry a long `context`. */
  readonly maxLineBytes?: number | undefined;
  /** Whose answer it is, for error messages. Default: `The answer`. */
  readonly where?: string | undefined;
}

/** The default of `maxLineBytes`. */
export const defaultMaxLineBytes: number = 64 * 1024 * 1024;

/**
 * Parses newline-delimited JSON: bytes in, one value per non-blank line out.
 *
 * Chunk borders may fall anywhere, also inside a UTF-8 character; a last line without a newline counts.
 *
 * @throws {OllamaError} `LINE_MALFORMED` at the first line that is not JSON, `LINE_TOO_LONG`, and `STREAM_TRUNCATED` where
 *   the bytes end inside an object.
 * @see https://github.com/ndjson/ndjson-spec
 */
export function ndjson<T>(options: NdjsonOptions = {}): OperatorFunction<Uint8Array, T> {
  return (bytes) => new Observable<T>((subscriber) => bytes.subscribe(readValues(options, subscriber)));
}

/** Takes values until it is closed. */
export interface Target<T> extends Observer<T> {
  readonly closed: boolean;
}

/** `ndjson` without an observable of its own: an observer of bytes that hands its values, or its error, to `target`. */
export function readValues<T>(options: NdjsonOptions, target: Target<T>): Observer<Uint8Array> {
  const { maxLineBytes = defaultMaxLineBytes, where = 'The answer' } = options;
  let number = 0;
  const emit = (line: string): boolean => {
    number += 1;
    // A blank line begins with white space or is empty; testing the first character keeps the usual line cheap.
    if (line.charCodeAt(0) !== openingBrace && line.trim() === '') return true;
    let value: T;
    try {
      value = JSON.parse(line) as T;
    } catch (cause) {
      target.error(malformed(where, number, line, cause));
      return false;
    }
    target.next(value);
    return !target.closed;
  };
  const splitter = createLineSplitter(maxLineBytes, emit);
  return {
    next: (chunk) => {
      if (!splitter.push(chunk)) target.error(tooLong(where, number + 1, maxLineBytes));
    },
    error: (error) => target.error(error),
    complete: () => {
      const tail = splitter.tail();
      if (isCutObject(tail)) target.error(cut(where, number + 1));
      else if (emit(tail)) target.complete();
    },
  };
}

const openingBrace = 0x7b;

function isCutObject(tail: string): boolean {
  if (!tail.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(tail);
    return false;
  } catch {
    return !tail.trimEnd().endsWith('}');
  }
}

function malformed(where: string, number: number, line: string, cause: unknown): OllamaError {
  const start = line.length > 80 ? `${line.slice(0, 80)}…` : line;
  return new OllamaError('LINE_MALFORMED', `${where}: line ${number} is not JSON: ${start}`, {}, { cause });
}

const tooLong = (where: string, number: number, limit: number): OllamaError =>
  new OllamaError('LINE_TOO_LONG', `${where}: line ${number} is longer than ${limit} bytes (maxLineBytes).`);

const cut = (where: string, number: number): OllamaError =>
  new OllamaError('STREAM_TRUNCATED', `${where}: the answer ended inside line ${number}.`);
