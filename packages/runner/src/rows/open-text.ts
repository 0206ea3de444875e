import { type ByteInput, openBytes } from './open-bytes.ts';
import { unreadable } from './unreadable.ts';

/** A text in bytes, without its byte order mark. */
export interface OpenText {
  /** As the byte order mark says, else as the caller does. */
  readonly encoding: string;
  readonly bytes: AsyncGenerator<Buffer>;
}

const marks: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** Opens a text; a byte order mark wins over `encoding`, as it does in browsers. */
export async function openText(input: ByteInput, encoding = 'utf-8'): Promise<OpenText> {
  const bytes = openBytes(input);
  const { value: first, done } = await bytes.next();
  if (done) return { encoding, bytes };
  const [marked, mark] = markOf(first) ?? [encoding, []];
  return { encoding: marked, bytes: startingWith(first.subarray(mark.length), bytes) };
}

/** The encoding that a byte order mark names, and the mark. */
export const markOf = (bytes: Uint8Array): readonly [string, readonly number[]] | undefined =>
  marks.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));

/** What a reader says of bytes that are not in the encoding; it knows the line. */
export class NotInEncoding extends Error {
  readonly encoding: string;

  constructor(encoding: string, cause: unknown) {
    super(`not ${encoding}`, { cause });
    this.encoding = encoding;
  }
}

/**
 * The text of bytes, piece by piece.
 *
 * @throws {NotInEncoding} after all that could be read.
 */
export async function* decoded({ encoding, bytes }: OpenText): AsyncGenerator<string> {
  const strict = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  // Reads the same beside it, to show where the strict one failed: that one does not say.
  const lenient = new TextDecoder(encoding, { ignoreBOM: true });
  for await (const chunk of bytes) yield* decode(strict, lenient, chunk);
  yield* decode(strict, lenient);
}

type Decoder = InstanceType<typeof TextDecoder>;

function* decode(strict: Decoder, lenient: Decoder, chunk?: Buffer): Generator<string> {
  const options = { stream: chunk !== undefined };
  const text = lenient.decode(chunk, options);
  try {
    strict.decode(chunk, options);
  } catch (cause) {
    yield text.slice(0, Math.max(0, text.indexOf('\ufffd')));
    throw new NotInEncoding(strict.encoding, cause);
  }
  if (text !== '') yield text;
}

/** Names the line of a byte that is not in the encoding; any other error as it is. */
export function withLine(path: string, line: number, error: unknown): unknown {
  if (!(error instanceof NotInEncoding)) return error;
  return unreadable(path, `, line ${line}: these bytes are not ${error.encoding.toUpperCase()}.`, {
    cause: error.cause,
    hint: 'Say which encoding it is with `each.encoding`, such as `windows-1252`, `shift_jis` or `utf-16le`.',
  });
}

/** What a reader says of a NUL: no text has one. */
export const binaryAt = (path: string, line: number): Error =>
  unreadable(path, `, line ${line}: there is a NUL byte, so this is no text.`, {
    hint: 'If it is UTF-16, say `encoding: utf-16le` under `each`; a binary file holds no rows.',
  });

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}
