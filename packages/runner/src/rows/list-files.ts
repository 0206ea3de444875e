import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The files that a path means, by their ways from a folder, parted by `/`. */
export interface FileList {
  readonly folder: string;
  /** Sorted by the numbers of their characters, so that every machine sees the same order. */
  readonly names: readonly string[];
}

/**
 * The files of a folder, or those that a pattern matches, such as all that end with `.md`: `*` is any part of a name, `**` any
 * folders, also none. Dot files and dot folders are passed over, and links to folders, which may lead in circles.
 */
export async function listFiles(path: string): Promise<FileList> {
  const parts = path.split(/[\\/]/);
  const first = parts.findIndex((part) => part.includes('*'));
  const folder = first < 0 ? path : parts.slice(0, first).join('/') || '/';
  const pattern = first < 0 ? ['*'] : parts.slice(first);
  const names = new Set<string>();
  for await (const name of matching(folder, pattern)) names.add(name);
  return { folder, names: [...names].sort() };
}

async function* matching(folder: string, [part = '', ...rest]: readonly string[]): AsyncGenerator<string> {
  if (part === '**') {
    yield* matching(folder, rest.length === 0 ? ['*'] : rest);
    for (const { name } of await entriesOf(folder, (entry) => entry.isDirectory()))
      yield* below(name, matching(join(folder, name), [part, ...rest]));
    return;
  }
  const wanted = matcherOf(part);
  if (rest.length === 0) {
    for (const { name } of await filesIn(folder)) if (wanted.test(name)) yield name;
    return;
  }
  for (const { name } of await entriesOf(folder, (entry) => entry.isDirectory()))
    if (wanted.test(name)) yield* below(name, matching(join(folder, name), rest));
}

async function* below(name: string, ways: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const way of ways) yield `${name}/${way}`;
}

async function filesIn(folder: string): Promise<Dirent[]> {
  const entries = await entriesOf(folder, (entry) => !entry.isDirectory());
  const isFolder = await Promise.all(
    entries.map((entry) => entry.isSymbolicLink() && isLinkToFolder(join(folder, entry.name))),
  );
  return entries.filter((_, index) => !isFolder[index]);
}

async function entriesOf(folder: string, keep: (entry: Dirent) => boolean): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => !entry.name.startsWith('.') && keep(entry));
}

/** A link to nothing counts as a file: its row says what is wrong. */
const isLinkToFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );

const matcherOf = (part: string): RegExp => new RegExp(`^${part.split('*').map(escapeRegExp).join('[^]*')}$`);

const escapeRegExp = (text: string): string => text.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&');
