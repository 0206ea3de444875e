import { OllamaError } from '@millrace/errors';
import { defer, map, type OperatorFunction, reduce } from 'rxjs';
import { readErrorValue } from './error-body.ts';
import type { MessageOrigin } from './messages.ts';
import { serverError } from './server-errors.ts';

/**
 * Reads an answer that is one JSON object, emitted when its last byte is there.
 *
 * @throws {OllamaError} `LINE_MALFORMED`, `LINE_TOO_LONG` past `maxBytes`, `STREAM_TRUNCATED` for an empty or cut body, and
 *   the kind of an `error` in it.
 */
export function jsonValue<T extends object>(origin: MessageOrigin, maxBytes: number): OperatorFunction<Uint8Array, T> {
  return (bytes) =>
    defer(() => {
      const chunks: Uint8Array[] = [];
      const keep = (size: number, chunk: Uint8Array): number => {
        chunks.push(chunk);
        if (size + chunk.length > maxBytes) throw tooLong(origin, maxBytes);
        return size + chunk.length;
      };
      return bytes.pipe(
        reduce(keep, 0),
        map((size) => parse<T>(Buffer.concat(chunks, size).toString().trim(), origin)),
      );
    });
}

function parse<T extends object>(text: string, { where, model }: MessageOrigin): T {
  const value = parseJson(text, where);
  if (typeof value !== 'object' || value === null) throw malformed(where, text);
  if ('error' in value) throw serverError({ where, model, report: readErrorValue(value) });
  return value as T; // the wire's own shape: the server is trusted to keep it
}

function parseJson(text: string, where: string): unknown {
  if (text === '') throw new OllamaError('STREAM_TRUNCATED', `${where}: the answer is empty.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const cut = text.startsWith('{') && !text.endsWith('}');
    throw cut
      ? new OllamaError('STREAM_TRUNCATED', `${where}: the answer ended inside its JSON.`, {}, { cause })
      : malformed(where, text, cause);
  }
}

function malformed(where: string, text: string, cause?: unknown): OllamaError {
  const start = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new OllamaError('LINE_MALFORMED', `${where}: the answer is not a JSON object: ${start}`, {}, { cause });
}

const tooLong = ({ where }: MessageOrigin, limit: number): OllamaError =>
  new OllamaError('LINE_TOO_LONG', `${where}: the answer is longer than ${limit} bytes (maxLineBytes).`);
