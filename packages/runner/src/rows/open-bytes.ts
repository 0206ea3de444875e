import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unreadable } from './unreadable.ts';

/** Where bytes come from: a file, or `-` with a stream. */
export interface ByteInput {
  readonly path: string;
  /** Read in place of the file where the path is `-`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
}

/** Files that are no text, by how they begin. */
const binaries: readonly (readonly [string, string, string])[] = [
  ['PAR1', 'a Parquet file', 'Say `format: parquet` under `each`.'],
  ['PK\x03\x04', 'a zip archive, as Excel writes them', 'Save the sheet as csv.'],
  ['%PDF', 'a PDF', 'Take the text out of it first.'],
  ['SQLite format 3', 'an SQLite database', 'Export a table as csv.'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd', 'Unpack it first: `zstd -d`.'],
  ['BZh', 'compressed with bzip2', 'Unpack it first: `bzip2 -d`.'],
  ['\xfd7zXZ', 'compressed with xz', 'Unpack it first: `xz -d`.'],
  ['\x89PNG', 'a picture', 'Rows are text: name pictures in a column, and that column in `images`.'],
];

/** What tells kinds of files apart, and byte order marks. */
const headBytes = 4;
const gzip = 0x1f8b;

/**
 * The bytes of a text, read as they are asked for; what is packed with gzip is unpacked. Ending the loop closes the file.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for what is no text by its first bytes, and for a packed file that is broken.
 */
export async function* openBytes({ path, stdin }: ByteInput): AsyncGenerator<Buffer> {
  const bytes = path === '-' ? fromStream(stdin) : createReadStream(path, { highWaterMark: 256 * 1024 });
  const whole = withWholeHead(bytes as AsyncIterable<Buffer>);
  const first = await whole.next();
  if (first.done) return;
  const all = startingWith(first.value, whole);
  if (first.value.length > 1 && first.value.readUInt16BE() === gzip) yield* unpacked(path, all);
  else {
    refuseBinary(path, first.value);
    yield* all;
  }
}

async function* fromStream(stdin: AsyncIterable<Uint8Array> | undefined): AsyncGenerator<Buffer> {
  if (!stdin) throw unreadable('-', ' was not given to read rows from.');
  for await (const chunk of stdin) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
}

/** A pipe may bring the first bytes one by one; waits for them only where they may mean something. */
async function* withWholeHead(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of bytes) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length === 0 || (head.length < headBytes && '\x1f\xef\xfe\xffP%SB\x28\xfd\x89'.includes(latin(head, 1))))
      continue;
    yield head;
    head = undefined;
  }
  if (head && head.length > 0) yield head;
}

async function* startingWith(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* unpacked(path: string, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of withWholeHead(unpack(path, bytes))) {
    if (isFirst) refuseBinary(path, chunk);
    isFirst = false;
    yield chunk;
  }
}

async function* unpack(path: string, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // An error of the file ends the unpacking with it, and ending the loop early closes the file.
  pipeline(Readable.from(bytes, { objectMode: false }), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause;
    throw unreadable(path, ` cannot be unpacked: ${(cause as Error).message}.`, {
      cause,
      hint: 'It is cut short or damaged; check it with `gzip -t`.',
    });
  }
}

function refuseBinary(path: string, head: Buffer): void {
  for (const [magic, what, hint] of binaries)
    if (latin(head, magic.length) === magic) throw unreadable(path, ` is ${what}, and is read as text.`, { hint });
}

const latin = (bytes: Buffer, length: number): string => bytes.toString('latin1', 0, length);
