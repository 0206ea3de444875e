import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that the command line asks for; or what it asks for in vain. */
export interface Found {
  readonly file: string;
  /** Why there is nothing to check. */
  readonly missing?: string;
}

/**
 * The workflow files that arguments stand for, each once: files as they are, of folders every .yaml and .yml file below, of patterns what
 * they match. `node_modules` and what begins with a dot are left out. A file that is not there is found too: reading it says why.
 */
export async function findWorkflows(words: readonly string[]): Promise<readonly Found[]> {
  const found = new Map<string, Found>();
  for (const word of words) for (const one of await findOne(word)) if (!found.has(one.file)) found.set(one.file, one);
  return [...found.values()];
}

async function findOne(word: string): Promise<readonly Found[]> {
  if (word === '-') return [{ file: word }];
  const entry = await stat(word).catch(() => undefined);
  if (entry?.isDirectory()) {
    const missing = 'There is no .yaml or .yml file in this folder or below.';
    return filesOr(
      missing,
      word,
      (await search('**/*.{yaml,yml}', word)).map((file) => join(word, file)),
    );
  }
  if (entry) return [{ file: word }];
  const { isDynamicPattern } = await import('tinyglobby');
  if (!isDynamicPattern(word)) return [{ file: word }];
  return filesOr('No file matches this pattern.', word, await search(word, '.'));
}

const filesOr = (missing: string, word: string, files: readonly string[]): readonly Found[] =>
  files.length === 0 ? [{ file: word, missing }] : [...files].sort().map((file) => ({ file }));

async function search(pattern: string, folder: string): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby');
  const ignore = ['**/node_modules/**'];
  return await glob(pattern, { cwd: folder, ignore, expandDirectories: false, followSymbolicLinks: false });
}
