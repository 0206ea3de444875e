import { dirname, relative, sep } from 'node:path';

/**
 * What workflow files are called outside: their path below the folder that is served, or below the one that holds all served folders.
 *
 * @param roots Absolute: folders, or workflow files.
 */
export function idsBelow(
  roots: readonly { readonly path: string; readonly isFile: boolean }[],
): (file: string) => string {
  const folders = roots.map(({ path, isFile }) => (isFile ? dirname(path) : path));
  const [first = '', ...others] = folders;
  let base = first;
  while (others.some((folder) => !isBelow(folder, base))) base = dirname(base);
  return (file) => relative(base, file).split(sep).join('/');
}

const isBelow = (folder: string, base: string): boolean => {
  const path = relative(base, folder);
  return path !== '..' && !path.startsWith(`..${sep}`) && !/^[a-z]:/i.test(path);
};
