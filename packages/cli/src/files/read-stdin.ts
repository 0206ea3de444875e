/** More than any workflow has: the rest is not waited for. */
const maxBytes = 1024 * 1024;

/** Everything that comes on stdin, up to a bound that no workflow reaches. */
export async function readStdin(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(chunks);
}
