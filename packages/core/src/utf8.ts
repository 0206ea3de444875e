// A byte order mark is a part of the text here, as it is everywhere else in this package.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decodes whole UTF-8; what is no UTF-8 becomes U+FFFD. */
export const textOfBytes = (bytes: Uint8Array): string => decoder.decode(bytes);

/** Decodes UTF-8 that came in pieces, of so many bytes together. */
export function joinText(pieces: readonly Uint8Array[], size: number): string {
  if (pieces.length === 1) return textOfBytes(pieces[0] as Uint8Array);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return textOfBytes(bytes);
}
