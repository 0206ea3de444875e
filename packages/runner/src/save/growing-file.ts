import { constants, createReadStream } from 'node:fs';
import { copyFile, mkdir, open, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { replaceFile } from './replace-file.ts';

/** A file whose end is written, and whose beginning stays. */
export interface GrowingFile {
  /** Bytes that are in it. */
  readonly length: number;
  /** CRC-32 of them. */
  readonly checksum: number;
  /** @throws {MillraceError} `SAVE_FAILED`. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

/** How much of a file is known. */
export interface KnownPart {
  readonly length: number;
  readonly checksum: number;
}

/** Whether a file begins with what is known of it. */
export async function holdsStill(path: string, { length, checksum }: KnownPart): Promise<boolean> {
  if (length === 0) return false;
  try {
    if ((await stat(path)).size < length) return false;
    let found = 0;
    for await (const chunk of createReadStream(path, { end: length - 1, highWaterMark: 1 << 20 }))
      found = crc32(chunk, found);
    return found === checksum;
  } catch {
    return false; // missing or unreadable: it is written anew, or that fails with its reason
  }
}

/**
 * Opens a file for results, making its folder: cut back to the known part, or emptied where there is none.
 *
 * @param isShared Another process may have the file open and write to it: it keeps what it has, and this one makes a copy in its place.
 * @throws {MillraceError} `SAVE_FAILED`.
 */
export async function openGrowingFile(path: string, known: KnownPart, isShared = false): Promise<GrowingFile> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (isShared) await copyInPlace(path, known);
    const file = await open(path, known.length > 0 ? 'r+' : 'w', 0o644);
    if (known.length > 0) await file.truncate(known.length);
    let { length, checksum } = known;
    return {
      get length() {
        return length;
      },
      get checksum() {
        return checksum;
      },
      append: async (text) => {
        const bytes = Buffer.from(text);
        try {
          await writeAll(file, bytes, length);
        } catch (cause) {
          throw saveError(path, cause);
        }
        length += bytes.length;
        checksum = crc32(bytes, checksum);
      },
      close: () => file.close(),
    };
  } catch (cause) {
    throw saveError(path, cause);
  }
}

const copyInPlace = (path: string, { length }: KnownPart): Promise<void> =>
  replaceFile(path, async (beside) => {
    if (length === 0) return writeFile(beside, '', { flag: 'wx' });
    await copyFile(path, beside, constants.COPYFILE_FICLONE);
    return truncate(beside, length);
  });

async function writeAll(file: Awaited<ReturnType<typeof open>>, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** Why a file could not be written. */
export function saveError(path: string, cause: unknown): MillraceError {
  if (isMillraceError(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const why = isFull ? 'the disk is full' : message;
  return new MillraceError('SAVE_FAILED', `\`${path}\` cannot be written: ${why}.`, {
    cause,
    ...(isFull && { hint: 'Free some space, and run the same command again: it goes on where it stopped.' }),
  });
}
