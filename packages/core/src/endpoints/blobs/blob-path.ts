import { OllamaError } from '@millrace/errors';

/**
 * The route of a blob.
 *
 * @throws {OllamaError} `BAD_REQUEST` for what is no digest: to a HEAD the server could not say why it refuses.
 */
export function blobPath(digest: string): string {
  if (!/^sha256[:-][0-9a-f]{64}$/i.test(digest)) {
    throw new OllamaError(
      'BAD_REQUEST',
      `\`${digest.slice(0, 80)}\` is not the digest of a blob.`,
      {},
      {
        hint: 'Write `sha256:` and 64 hexadecimal digits.',
      },
    );
  }
  return `/api/blobs/${digest}`;
}
