/** Larger files are not quoted from: they are no workflows. */
const maxBytes = 512 * 1024;

/** The text of a file, to quote lines from; undefined for one that has none. */
export function sourceText(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxBytes || bytes.includes(0)) return undefined;
  return new TextDecoder().decode(bytes);
}
