import type { Database } from './database.ts';

/** How far a saved file is known to be written. */
export interface FileState {
  readonly pass: number;
  /** Bytes. */
  readonly length: number;
  /** CRC-32 of those bytes. */
  readonly checksum: number;
  /** The first position, or sequence with `order: completion`, that is not in it. */
  readonly next: number;
  /** When the finished file was changed last, in milliseconds since 1970; null while it is written. */
  readonly modified: number | null;
}

/** The files that runs have written. */
export type FileTable = ReturnType<typeof createFileTable>;

/** Prepares what is asked and written of saved files. */
export function createFileTable(database: Database, run: number) {
  const get = database.prepare('SELECT pass, length, checksum, next, modified FROM files WHERE run = ? AND path = ?');
  const put = database.prepare(
    `INSERT OR REPLACE INTO files (run, path, pass, length, checksum, next, modified, of_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofRows = database.prepare('SELECT path, pass FROM files WHERE run = ? AND of_row = 1');
  const remove = database.prepare('DELETE FROM files WHERE run = ? AND path = ?');
  return {
    get: (path: string) => get.get(run, path) as FileState | undefined,
    /** @param isOfRow Whether it is a file of its own for a row. */
    put: (path: string, { pass, length, checksum, next, modified }: FileState, isOfRow: boolean): void => {
      put.run(run, path, pass, length, checksum, next, modified, isOfRow ? 1 : 0);
    },
    /** The files of their own that rows have, with the last pass that had the row. */
    ofRows: () => Array.from(ofRows.all(run) as { path: string; pass: number }[]),
    remove: (path: string): void => {
      remove.run(run, path);
    },
  };
}
