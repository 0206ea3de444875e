import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { granted } from '../src/paths/file-access.ts';
import type { BrokenRow, ReadRow } from '../src/row.ts';
import { openSource, type RowsSource, type SourceOptions } from '../src/rows/open-source.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** An empty folder, gone after the test. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-rows-'));
  folders.push(folder);
  return folder;
}

type Content = string | Uint8Array;

/** The source of a file with this content. */
export async function sourceOf(
  name: string,
  content: Content,
  options: Partial<SourceOptions> = {},
): Promise<RowsSource> {
  const path = join(await emptyFolder(), name);
  await writeFile(path, content);
  return openSource({ path, files: granted, ...options });
}

/** The source of a stream of these pieces. */
export const pipedSource = (
  pieces: Iterable<Content> | AsyncIterable<Content>,
  options: Partial<SourceOptions> = {},
): Promise<RowsSource> => openSource({ path: '-', files: granted, stdin: bytesOf(pieces), ...options });

async function* bytesOf(pieces: Iterable<Content> | AsyncIterable<Content>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** What a source reads: values as they are, and of broken rows their messages without the path. */
export async function read(source: RowsSource): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of source.rows()) found.push('value' in row ? row.value : messageOf(row, source));
  return found;
}

/** The places of the rows. */
export async function placesOf(source: RowsSource): Promise<string[]> {
  const places: string[] = [];
  for await (const { place } of source.rows() as AsyncIterable<ReadRow>) places.push(place);
  return places;
}

const messageOf = ({ error }: BrokenRow, { path }: RowsSource): string =>
  error.message.replace(path === '-' ? 'Standard input' : path, 'FILE');
