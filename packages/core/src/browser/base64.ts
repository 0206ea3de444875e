// A multiple of three, so that the texts can be joined, and not more arguments than a call takes.
const pieceBytes = 3 * 8192;

/** Writes bytes as base64. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + pieceBytes)));
  }
  return text;
}
