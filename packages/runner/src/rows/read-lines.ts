import { createReadStream } from 'node:fs';
import { MillraceError } from '@millrace/errors';

/** A line without its end, and its number counted from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Longer lines are no rows of text, but a file of another kind. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * The lines of a UTF-8 file, read as they are asked for. `\n` and `\r\n` end a line; a byte order mark is dropped.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` at a line that is not UTF-8 or longer than 64 MiB.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  for await (const bytes of splitLines(path)) {
    number++;
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch (cause) {
      throw new MillraceError('ROWS_UNREADABLE', `Line ${number} of ${path} is not UTF-8 text.`, { cause });
    }
    yield { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  }
}

async function* splitLines(path: string): AsyncGenerator<Uint8Array> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      restBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    restBytes += chunk.length - start;
    if (restBytes > maxLineBytes)
      throw new MillraceError('ROWS_UNREADABLE', `A line of ${path} is longer than ${maxLineBytes} bytes.`);
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
