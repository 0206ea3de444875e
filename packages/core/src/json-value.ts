import { OllamaError } from '@millrace/errors';
import { map, type OperatorFunction } from 'rxjs';
import { readErrorValue } from './error-body.ts';
import { malformed } from './malformed.ts';
import type { MessageOrigin } from './messages.ts';
import { serverError } from './server-errors.ts';
import { wholeText } from './whole-text.ts';

/**
 * Reads an answer that is one JSON object, emitted when its last byte is there.
 *
 * @throws {OllamaError} `LINE_MALFORMED`, `LINE_TOO_LONG` past `maxBytes`, `STREAM_TRUNCATED` for an empty or cut body, and
 *   the kind of an `error` in it.
 */
export const jsonValue =
  <T extends object>(origin: MessageOrigin, maxBytes: number): OperatorFunction<Uint8Array, T> =>
  (bytes) =>
    bytes.pipe(
      wholeText(origin.where, maxBytes),
      map((text) => parse<T>(text, origin)),
    );

function parse<T extends object>(text: string, { where, model }: MessageOrigin): T {
  const value = parseJson(text, where);
  if (typeof value !== 'object' || value === null) throw malformed(where, 'a JSON object', text);
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
      : malformed(where, 'a JSON object', text, cause);
  }
}
