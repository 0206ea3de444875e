import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MillraceError } from '@millrace/errors';
import type { Root } from '@millrace/server';

/** What is served: folders, or workflow files. @throws {MillraceError} `FILE_NOT_FOUND`, `USAGE_INVALID`. */
export async function findRoots(words: readonly string[], cwd: string): Promise<readonly Root[]> {
  return await Promise.all(
    [...new Set(words.length === 0 ? ['.'] : words)].map(async (word) => {
      const path = resolve(cwd, word);
      const found = await stat(path).catch((cause: unknown) => {
        throw new MillraceError('FILE_NOT_FOUND', `\`${word}\` does not exist.`, { cause });
      });
      if (found.isDirectory()) return { path, isFile: false };
      if (/\.ya?ml$/i.test(path)) return { path, isFile: true };
      throw new MillraceError('USAGE_INVALID', `\`${word}\` is no folder and no workflow.`, {
        hint: 'Name folders with workflows, or .yaml files.',
      });
    }),
  );
}
