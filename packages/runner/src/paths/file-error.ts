import { isMillraceError, MillraceError } from '@millrace/errors';

/** What the file system says of a file that is to be read, as `FILE_NOT_FOUND` or `FILE_UNREADABLE`; any other error as it is. */
export function fileError(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (isMillraceError(error) || syscall === undefined) return error;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new MillraceError('FILE_NOT_FOUND', `There is no file \`${path}\`.`, { cause: error })
    : new MillraceError('FILE_UNREADABLE', `\`${path}\` cannot be read (${code}).`, { cause: error });
}
