import { open } from 'node:fs/promises';

/**
 * Whether a file may be replaced by results: it does not exist, is empty, or was written by Millrace, whose files begin with `key`, those of reduces with `group`.
 */
export async function isOwnFile(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(12), 0, 12, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    return bytesRead === 0 || /^(\{"(key|group)":|key[,\r\n]|group,count,)/.test(head);
  } finally {
    await file.close();
  }
}
