import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder that holds the journal. */
const folderName = '.millrace';

/** Where the journal of a folder is: in the nearest `.millrace/` at or above it, else in its own, which need not exist. Absolute. */
export function findJournal(folder: string): string {
  const start = resolve(folder);
  for (let place = start; ; place = dirname(place)) {
    if (existsSync(join(place, folderName))) return join(place, folderName, 'journal.db');
    if (dirname(place) === place) return join(start, folderName, 'journal.db');
  }
}
