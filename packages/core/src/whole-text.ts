import { OllamaError } from '@millrace/errors';
import { defer, map, type OperatorFunction, reduce } from 'rxjs';
import { joinText } from './utf8.ts';

/**
 * Collects an answer, emitted as trimmed text when its last byte is there; empty where there was none.
 *
 * @throws {OllamaError} `LINE_TOO_LONG` past `maxBytes`.
 */
export function wholeText(where: string, maxBytes: number): OperatorFunction<Uint8Array, string> {
  return (bytes) =>
    defer(() => {
      const chunks: Uint8Array[] = [];
      const keep = (size: number, chunk: Uint8Array): number => {
        chunks.push(chunk);
        if (size + chunk.length > maxBytes) throw tooLong(where, maxBytes);
        return size + chunk.length;
      };
      return bytes.pipe(
        reduce(keep, 0),
        map((size) => joinText(chunks, size).trim()),
      );
    });
}

const tooLong = (where: string, limit: number): OllamaError =>
  new OllamaError('LINE_TOO_LONG', `${where}: the answer is longer than ${limit} bytes (maxLineBytes).`);
