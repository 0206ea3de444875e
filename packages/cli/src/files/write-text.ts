import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MillraceError } from '@millrace/errors';

/**
 * Writes a file, and the folders it needs.
 *
 * @throws {MillraceError} `USAGE_INVALID` where there is one and it may not be replaced, `SAVE_FAILED`.
 */
export async function writeText(file: string, text: string, { replace }: { readonly replace: boolean }): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: replace ? 'w' : 'wx' });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && !replace) throw thereIsOne(file);
    throw new MillraceError('SAVE_FAILED', `\`${file}\` cannot be written: ${message}.`, { cause });
  }
}

/** That a file is there already. */
export const thereIsOne = (file: string): MillraceError =>
  new MillraceError('USAGE_INVALID', `There is a \`${file}\` already.`, {
    hint: 'Name another file, or replace it with `--force`.',
  });
