import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import { checkPlace, wantedPlace } from './file-access.ts';
import { fileError } from './file-error.ts';

/** More than fits any prompt. */
const maxBytes = 1024 * 1024;
/** UTF-16 units of all texts that are kept; those read first are forgotten, and read again where they are needed. */
const maxKept = 32 * 1024 * 1024;

/**
 * Reads texts below a folder for `file(…)`, each once: `confinedTo`, but synchronous. A change of a file while it is used is not seen.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND` with the nearest names, `FILE_UNREADABLE`, `PATH_REFUSED`.
 */
export function createTextReader(folder: string): (path: string) => string {
  const kept = new Map<string, string>();
  let size = 0;
  const keep = (path: string, text: string): string => {
    for (const [oldest, { length }] of kept) {
      if (size + text.length <= maxKept) break;
      kept.delete(oldest);
      size -= length;
    }
    kept.set(path, text);
    size += text.length;
    return text;
  };
  return (path) => kept.get(path) ?? keep(path, readText(folder, path));
}

function readText(folder: string, path: string): string {
  try {
    return decode(path, readFile(path, realPlace(folder, path)));
  } catch (error) {
    throw withNearNames(folder, path, textError(path, error));
  }
}

function realPlace(folder: string, path: string): string {
  const real = realpathSync(wantedPlace(folder, path));
  checkPlace(path, realpathSync(folder), real, ' through a link');
  return real;
}

/** A pipe would be waited for without `O_NONBLOCK`, which Windows has not. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

function readFile(path: string, place: string): Buffer {
  const file = openSync(place, flags);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile()) throw unreadable(path, 'is no file');
    if (facts.size > maxBytes) throw unreadable(path, `has ${facts.size} bytes, and ${maxBytes} can be read`);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Without a byte order mark. */
function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, 'is no text in UTF-8', cause);
  }
}

const unreadable = (path: string, why: string, cause?: unknown): MillraceError =>
  new MillraceError('FILE_UNREADABLE', `\`${path}\` ${why}.`, { cause, hint: 'Name a text file of at most 1 MiB.' });

function textError(path: string, error: unknown): unknown {
  // A path with a NUL in it is none at all.
  if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE') {
    return new MillraceError('FILE_NOT_FOUND', `There is no file ${JSON.stringify(path)}.`, { cause: error });
  }
  return fileError(path, error);
}

function withNearNames(folder: string, path: string, error: unknown): unknown {
  if (!isMillraceError(error) || error.code !== 'FILE_NOT_FOUND') return error;
  const hint = didYouMean(path, namesBeside(folder, path));
  return hint === '' ? error : new MillraceError(error.code, error.message, { cause: error.cause, hint });
}

/** The files of the folder that a path leads to, written as the path is. */
function namesBeside(folder: string, path: string): readonly string[] {
  const before = path.slice(0, path.length - basename(path).length);
  try {
    const entries = readdirSync(realPlace(folder, dirname(path)), { withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => before + name);
  } catch {
    return [];
  }
}
