import { Observable, type OperatorFunction } from 'rxjs';
import { ValueReader } from './value-reader.ts';

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
export function ndjson<T>({
  maxLineBytes = defaultMaxLineBytes,
  where = 'The answer',
}: NdjsonOptions = {}): OperatorFunction<Uint8Array, T> {
  return (bytes) =>
    new Observable<T>((subscriber) => bytes.subscribe(new ValueReader(subscriber, where, maxLineBytes)));
}
