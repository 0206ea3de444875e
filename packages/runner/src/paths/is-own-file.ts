import { type FileHandle, open } from 'node:fs/promises';
import { parquetMark } from '../save/parquet-file.ts';

/**
 * Whether a file may be replaced by results: it does not exist, is empty, or was written by Millrace, whose lines begin with `key`, those
 * of reduces with `group`, and whose Parquet files say so.
 */
export async function isOwnFile(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
  try {
    const head = (await part(file, 0, 14)).toString('utf8');
    if (head.startsWith('PAR1')) return await isOwnParquet(file);
    return head === '' || /^(?:\{"(?:key|group)":|key[,\t\r\n]|group([,\t])count\1)/.test(head);
  } finally {
    await file.close();
  }
}

/** A footer that is longer describes no file of results. */
const maxFooter = 64 * 1024 * 1024;

/** A file that was cut short has no footer, and is nobody's. */
async function isOwnParquet(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  const tail = await part(file, Math.max(0, size - 8), 8);
  if (tail.length < 8 || tail.toString('latin1', 4) !== 'PAR1') return false;
  const length = tail.readUInt32LE() + 8;
  if (length > Math.min(size, maxFooter)) return false;
  const { parquetMetadata } = await import('hyparquet');
  try {
    const footer = Uint8Array.from(await part(file, size - length, length));
    const { key_value_metadata: marks = [] } = parquetMetadata(footer.buffer);
    return marks.some(({ key, value }) => key === parquetMark.key && value === parquetMark.value);
  } catch {
    return false;
  }
}

async function part(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}
