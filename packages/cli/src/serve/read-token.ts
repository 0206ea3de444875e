import { readFile } from 'node:fs/promises';
import { MillraceError } from '@millrace/errors';

/** Shorter ones can be guessed. */
const leastLength = 16;

/**
 * The token that requests must carry: of a file, else of `MILLRACE_TOKEN`; undefined where there is none. It is no flag, since other users
 * see those.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`; `USAGE_INVALID` where it is short, or no header can carry it.
 */
export async function readToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const text = file === undefined ? env.MILLRACE_TOKEN : await textOf(file);
  if (text === undefined || (file === undefined && text === '')) return undefined;
  const token = text.trim();
  const place = file === undefined ? 'MILLRACE_TOKEN' : `\`${file}\``;
  const make = 'Make one with `openssl rand -hex 32`.';
  if (token.length < leastLength)
    throw new MillraceError('USAGE_INVALID', `The token in ${place} is shorter than ${leastLength} characters.`, {
      hint: make,
    });
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new MillraceError('USAGE_INVALID', `The token in ${place} is not of printable ASCII without spaces.`, {
      hint: make,
    });
  return token;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const what = isMissing ? 'does not exist' : `cannot be read: ${(cause as Error).message}`;
    throw new MillraceError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', `\`${file}\` ${what}.`, { cause });
  }
}
