import { readFile } from 'node:fs/promises';

/** Larger files are not quoted from: they are no workflows. */
const maxBytes = 2 * 1024 * 1024;

/** The texts of files, to quote lines from; undefined for one that cannot be read. */
export async function readSources(files: readonly string[]): Promise<(file: string) => string | undefined> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes && bytes.length <= maxBytes && !bytes.includes(0)) texts.set(file, bytes.toString('utf8'));
  }
  return (file) => texts.get(file);
}
