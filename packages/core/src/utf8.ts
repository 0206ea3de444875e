// A byte order mark is a part of the text here, as it is everywhere else in this package.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What Node has beyond browsers, as far as it is used here. */
interface NodeBuffer extends Uint8Array {
  toString(encoding?: 'utf8', start?: number, end?: number): string;
}

const { Buffer: NodeBuffer } = globalThis as { readonly Buffer?: abstract new (...rest: never[]) => NodeBuffer };

/** Decodes a range of UTF-8 that is whole; what is no UTF-8 becomes U+FFFD. */
export function textBetween(bytes: Uint8Array, start: number, end: number): string {
  // A Buffer of Node decodes its own ranges, without the view that costs as much as a line.
  if (NodeBuffer !== undefined && bytes instanceof NodeBuffer) return bytes.toString('utf8', start, end);
  return decoder.decode(bytes.subarray(start, end));
}

/** Decodes UTF-8 that came in pieces, of so many bytes together. */
export function joinText(pieces: readonly Uint8Array[], size: number): string {
  if (pieces.length === 1) return textBetween(pieces[0] as Uint8Array, 0, size);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return decoder.decode(bytes);
}
