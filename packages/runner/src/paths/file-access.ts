import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { fileError } from './file-error.ts';

/** The files that somebody may use; each answer is an absolute path without links. */
export interface FileAccess {
  /** @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` where it cannot be looked for, `PATH_REFUSED`. */
  toRead(path: string): Promise<string>;
  /** The file itself need not exist, and its folder neither. @throws {MillraceError} `PATH_REFUSED`. */
  toWrite(path: string): Promise<string>;
}

/**
 * What a workflow file may use by itself: what lies below its own folder, seen after resolving links, and no dot files. A file may come
 * from a stranger.
 */
export function confinedTo(folder: string): FileAccess {
  const confine = async (path: string, find: (path: string) => Promise<string>): Promise<string> => {
    const wanted = wantedPlace(folder, path);
    const [root, real] = [await realpath(folder), await find(wanted)];
    checkPlace(path, root, real, ' through a link');
    return real;
  };
  return { toRead: (path) => confine(path, existing), toWrite: (path) => confine(path, nearestExisting) };
}

/** What a path on the command line is: its own grant, seen from the current folder. */
export const granted: FileAccess = {
  toRead: (path) => existing(resolve(path)),
  toWrite: (path) => nearestExisting(resolve(path)),
};

/** Where a path in a workflow file leads before links are followed. @throws {MillraceError} `PATH_REFUSED`. */
export function wantedPlace(folder: string, path: string): string {
  const root = resolve(folder);
  if (isAbsolute(path) && !isBelow(root, path)) throw refuse(path, 'leads out of the folder of the workflow');
  const wanted = resolve(root, path);
  checkPlace(path, root, wanted);
  return wanted;
}

/** Whether a place may be used, of which both paths are without links. @throws {MillraceError} `PATH_REFUSED`. */
export function checkPlace(path: string, root: string, place: string, how = ''): void {
  if (!isBelow(root, place)) throw refuse(path, `leads out of the folder of the workflow${how}`);
  const dot = relative(root, place)
    .split(sep)
    .find((part) => part.startsWith('.'));
  if (dot !== undefined) throw refuse(path, `leads to a dot file (${dot})${how}`);
}

function isBelow(root: string, place: string): boolean {
  const way = relative(root, place);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

const refuse = (path: string, why: string): MillraceError => new MillraceError('PATH_REFUSED', `\`${path}\` ${why}.`);

/** From the first name with `*` on, a path stands for files of the folder before it. */
async function existing(path: string): Promise<string> {
  if (path.includes('*')) return join(await existing(dirname(path)), basename(path));
  try {
    return await realpath(path);
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Resolves links as far as the path exists. */
async function nearestExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return join(await nearestExisting(parent), basename(path));
  }
}
