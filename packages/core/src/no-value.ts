import { map, type OperatorFunction } from 'rxjs';
import { readErrorValue } from './error-body.ts';
import { malformed } from './malformed.ts';
import type { MessageOrigin } from './messages.ts';
import { serverError } from './server-errors.ts';
import { wholeText } from './whole-text.ts';

/**
 * Reads an answer that says nothing but that all went well: an empty body, `null` or an object. Emits `undefined` once.
 *
 * @throws {OllamaError} `LINE_MALFORMED` for anything else, `LINE_TOO_LONG`, and the kind of an `error` in it.
 */
export const noValue =
  (origin: MessageOrigin, maxBytes: number): OperatorFunction<Uint8Array, undefined> =>
  (bytes) =>
    bytes.pipe(
      wholeText(origin.where, maxBytes),
      map((text) => check(text, origin)),
    );

function check(text: string, { where, model }: MessageOrigin): undefined {
  if (text === '' || text === 'null') return undefined;
  const value = parseObject(text);
  if (value === undefined) throw malformed(where, 'empty', text);
  if ('error' in value) throw serverError({ where, model, report: readErrorValue(value) });
  return undefined;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
