import { STATUS_CODES } from 'node:http';
import { bytesOf, type Transcript } from '../transcripts/transcript.ts';

/** An answer as it goes over the wire: the head, then the pieces of the framed body. */
export interface EncodedResponse {
  readonly head: Buffer;
  /** What is sent piece by piece, framing included; the last one ends the message unless it broke off. */
  readonly pieces: readonly Buffer[];
  /** False where the recorded connection broke before the end of the message. */
  readonly complete: boolean;
}

const endOfChunks = Buffer.from('0\r\n\r\n');

/**
 * Frames a recorded answer as recorded; `cut` puts every so many bytes of the body into a chunk of its own.
 * A `content-length` that does not fit the kept body (paths in it were replaced) is corrected, HEAD excepted. `more` are
 * headers that the recorded answer did not need.
 */
export function encodeResponse(
  transcript: Transcript,
  cut?: number,
  more: Readonly<Record<string, string>> = {},
): EncodedResponse {
  const { response, request } = transcript;
  const body = bytesOf(transcript);
  const complete = response.ended === 'complete';
  const recut = cut !== undefined && body.length > 0;
  const chunked = recut || response.headers['transfer-encoding'] === 'chunked';
  // What was recorded comes first, and wins.
  const headers: Record<string, string> = { ...response.headers, ...more, ...response.headers };
  if (recut) delete headers['content-length'];
  if (recut) headers['transfer-encoding'] = 'chunked';
  else if (headers['content-length'] !== undefined && request.method !== 'HEAD') {
    headers['content-length'] = String(body.length);
  }
  const pieces = chunked ? cutBytes(body, recut ? repeat(cut) : (response.chunkBytes ?? [])).map(asChunk) : [body];
  return { head: encodeHead(response.status, headers), complete, pieces: finish(pieces, chunked && complete) };
}

/** Cuts bytes into pieces of the given sizes; what the sizes leave over is one last piece. */
export function cutBytes(bytes: Buffer, sizes: Iterable<number>): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    if (start >= bytes.length) break;
    pieces.push(bytes.subarray(start, start + size));
    start += size;
  }
  if (start < bytes.length) pieces.push(bytes.subarray(start));
  return pieces;
}

function* repeat(size: number): Generator<number> {
  if (!(size >= 1)) throw new RangeError(`cut must be at least 1 byte, not ${size}`);
  for (;;) yield size;
}

function asChunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

function finish(pieces: Buffer[], terminated: boolean): Buffer[] {
  return terminated ? [...pieces, endOfChunks] : pieces.filter((piece) => piece.length > 0);
}

function encodeHead(status: number, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`, 'latin1');
}
