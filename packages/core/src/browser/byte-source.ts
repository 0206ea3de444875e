import { from } from 'rxjs';
import { type ByteSource, blobPieces, type HashStep } from '../byte-source.ts';
import { noFileReading } from './no-file-reading.ts';
import { createSha256 } from './sha256.ts';

/**
 * Bytes in memory, or a blob, which may be a file on the disk.
 *
 * @throws For a path or URL.
 */
export async function byteSource(source: string | URL | Uint8Array | Blob): Promise<ByteSource> {
  if (typeof source === 'string' || source instanceof URL) return noFileReading(source);
  // Of shared memory, which the type allows too, the constructor says itself that it is not possible.
  const blob = source instanceof Blob ? source : new Blob([source as Uint8Array<ArrayBuffer>]);
  const { size } = blob;
  return {
    size,
    digest: () => from(hashSteps(blob)),
    upload: (sent) => ({
      size,
      open: () => {
        sent(0); // `fetch` takes the whole of it, and does not tell how far it is
        return blob;
      },
    }),
  };
}

async function* hashSteps(blob: Blob): AsyncGenerator<HashStep> {
  const hash = createSha256();
  let completed = 0;
  for await (const piece of blobPieces(blob)) {
    hash.update(piece);
    completed += piece.length;
    yield { completed };
  }
  yield { completed, digest: `sha256:${hash.hexDigest()}` };
}
