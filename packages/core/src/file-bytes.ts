import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type ByteSource, blobPieces, pieceBytes } from './byte-source.ts';
import { digestOf } from './digest-of.ts';

/**
 * A file by its path or `file:` URL, or bytes in memory.
 *
 * @throws What `node:fs` throws for a file that is not there or no file; and from the stream, a file that changed its size.
 */
export async function byteSource(from: string | URL | Uint8Array | Blob): Promise<ByteSource> {
  const { size, open } = await opener(from);
  return {
    size,
    digest: () => digestOf(open),
    upload: (sent) => ({ size, open: () => counted(open(), sent) }),
  };
}

/** Opens bytes from their start, in pieces of at most 1 MiB. */
interface Opener {
  readonly size: number;
  readonly open: () => Readable;
}

async function opener(from: string | URL | Uint8Array | Blob): Promise<Opener> {
  if (from instanceof Uint8Array) return { size: from.length, open: () => Readable.from(pieces(from)) };
  if (from instanceof Blob) return { size: from.size, open: () => Readable.from(blobPieces(from)) };
  const path = from instanceof URL ? fileURLToPath(from) : from;
  const info = await stat(path);
  if (!info.isFile()) throw new Error(`\`${path}\` is not a file.`);
  return { size: info.size, open: () => Readable.from(readFile(path, info.size)) };
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

// The size was promised to the server: a file that grew is cut there, one that shrank can only fail.
async function* readFile(path: string, size: number): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  let bytes = 0;
  for await (const piece of createReadStream(path, { end: size - 1, highWaterMark: pieceBytes })) {
    bytes += (piece as Buffer).length;
    yield piece as Buffer;
  }
  if (bytes < size) throw new Error(`\`${path}\` became shorter while it was read: ${bytes} of ${size} bytes.`);
}

function counted(stream: Readable, sent: (completed: number) => void): Readable {
  let completed = 0;
  stream.on('data', (piece: Uint8Array) => {
    completed += piece.length;
    sent(completed);
  });
  return stream.pause(); // until the connection takes it
}
