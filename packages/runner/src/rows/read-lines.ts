import { isUtf8 } from 'node:buffer';
import type { ByteInput } from './open-bytes.ts';
import { binaryAt, decoded, NotInEncoding, openText, withLine } from './open-text.ts';
import { unreadable } from './unreadable.ts';

/** Lines that came together, so that a line costs no turn of its own. */
export interface Lines {
  /** The number of the first of them, counted from 1. */
  readonly number: number;
  /** Without their ends; a `\r` before a `\n` is still there. */
  readonly texts: readonly string[];
}

/** Longer lines are no rows of text, but a file of another kind. */
export const maxLineBytes = 64 * 1024 * 1024;

const [lineFeed, carriageReturn] = [10, 13];

/**
 * The lines of a text, read as they are asked for, and given as soon as they are whole. Lines end with `\n`, or with `\r` where the
 * beginning of the text has no `\n`.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` at a line that is not in the encoding, has a NUL, or is longer than 64 MiB.
 */
export async function* readLines(input: ByteInput, encoding?: string): AsyncGenerator<Lines> {
  const { path } = input;
  const text = await openText(input, encoding);
  let number = 1;
  try {
    for await (const { bytes, end } of wholeLines(text.encoding === 'utf-8' ? text.bytes : reencoded(decoded(text)))) {
      if (bytes.length > maxLineBytes && bytes.indexOf(end) >= maxLineBytes) throw tooLong(path, number);
      const good = isUtf8(bytes) ? bytes : bytes.subarray(0, startOfBadLine(bytes, end));
      const texts = textsOf(good, end);
      const nul = good.includes(0) ? texts.findIndex((line) => line.includes('\0')) : -1;
      if (nul >= 0) throw binaryAt(path, number + nul);
      if (texts.length > 0) yield { number, texts };
      number += texts.length;
      if (good.length < bytes.length) throw new NotInEncoding('utf-8', undefined);
    }
  } catch (error) {
    throw error === tooLongLine ? tooLong(path, number) : withLine(path, number, error);
  }
}

const tooLongLine = new Error('too long');

const tooLong = (path: string, line: number): Error =>
  unreadable(path, `, line ${line}: it is longer than ${maxLineBytes} bytes.`, {
    hint: 'Rows stand on lines of their own; is it a file of another kind?',
  });

async function* reencoded(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}

/** Cuts bytes behind line ends; what the last piece ends with need not be one. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ bytes: Buffer; end: number }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let end: number | undefined;
  for await (const chunk of chunks) {
    end ??= lineEndIn(rest, chunk);
    const last = end === undefined ? -1 : chunk.lastIndexOf(end);
    if (end !== undefined && last >= 0) {
      const whole = chunk.subarray(0, last + 1);
      yield { bytes: rest.length === 0 ? whole : Buffer.concat([...rest, whole]), end };
      rest = [];
      restBytes = 0;
    }
    if (last + 1 === chunk.length) continue;
    rest.push(chunk.subarray(last + 1));
    restBytes += chunk.length - last - 1;
    if (restBytes > maxLineBytes) throw tooLongLine;
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), end: end ?? endOf(rest) };
}

/** The byte that ends lines; undefined where that is still open, as it is at a `\r` that a `\n` may follow. */
function lineEndIn(before: readonly Buffer[], chunk: Buffer): number | undefined {
  if (chunk.includes(lineFeed)) return lineFeed;
  const at = chunk.indexOf(carriageReturn);
  if (before.at(-1)?.at(-1) === carriageReturn) return carriageReturn;
  return at >= 0 && at < chunk.length - 1 ? carriageReturn : undefined;
}

const endOf = (rest: readonly Buffer[]): number => (rest.at(-1)?.at(-1) === carriageReturn ? carriageReturn : lineFeed);

/** Each a string of its own: a part of a larger one would keep all of it in memory. */
function textsOf(bytes: Buffer, end: number): string[] {
  const texts: string[] = [];
  let start = 0;
  for (let next = bytes.indexOf(end); next >= 0; next = bytes.indexOf(end, start)) {
    texts.push(bytes.toString('utf8', start, next));
    start = next + 1;
  }
  if (start < bytes.length) texts.push(bytes.toString('utf8', start));
  return texts;
}

function startOfBadLine(bytes: Buffer, end: number): number {
  let start = 0;
  for (let next = bytes.indexOf(end); next >= 0; next = bytes.indexOf(end, start)) {
    if (!isUtf8(bytes.subarray(start, next))) return start;
    start = next + 1;
  }
  return start;
}
