import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';

/** A folder, or a workflow file, that is served. */
export interface Root {
  /** Absolute. */
  readonly path: string;
  readonly isFile: boolean;
}

/** A file, and what tells that it has changed. */
export interface FoundFile {
  readonly file: string;
  readonly state: string;
}

/** The workflow files below folders, each once: `node_modules` and what begins with a dot are left out, and links are not followed. */
export async function findFiles(roots: readonly Root[]): Promise<readonly FoundFile[]> {
  const files = await Promise.all(
    roots.map(async ({ path, isFile }) => {
      if (isFile) return [path];
      const found = await glob('**/*.{yaml,yml}', {
        cwd: path,
        ignore: ['**/node_modules/**'],
        expandDirectories: false,
        followSymbolicLinks: false,
      });
      return found.map((name) => join(path, name));
    }),
  );
  const found = await Promise.all(
    [...new Set(files.flat())].sort().map(async (file) => ({ file, state: await stateOf(file) })),
  );
  return found.flatMap(({ file, state }) => (state === undefined ? [] : { file, state }));
}

/** Size, time and place of a file; undefined where it is not there. */
export async function stateOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? `${found.size} ${found.mtimeMs} ${found.ino}` : undefined;
}
