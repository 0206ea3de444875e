import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/** What must be known of all rows, kept out of memory: on a million rows it is a temporary file of SQLite's. */
export interface PlanStore {
  /** The place of an earlier row with this key. */
  placeOf(key: string): string | undefined;
  putKey(key: string, place: string): void;
  /** Notes a call that determines its answer. Returns whether an equal one came before. */
  isRepeated(request: string): boolean;
  /** Notes items of a group of a reduce. @param isFresh They may be others than those of the last time. */
  putItems(reduce: string, group: string, items: number, isFresh: boolean): void;
  /** The groups of a reduce. */
  groups(reduce: string): Iterable<{ readonly items: number; readonly isFresh: boolean }>;
  close(): void;
}

const tables = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;
  CREATE TABLE keys (key TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE requests (request TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE groups (reduce TEXT, name TEXT, items INTEGER NOT NULL, fresh INTEGER NOT NULL, PRIMARY KEY (reduce, name)) STRICT, WITHOUT ROWID;
  BEGIN;
`;

/** Opens an empty one, which is gone when it is closed. */
export async function openPlanStore(): Promise<PlanStore> {
  const { DatabaseSync } = await import('@photostructure/sqlite');
  const database: DatabaseSyncInstance = new DatabaseSync('');
  database.exec(tables);
  const key = database.prepare('SELECT place FROM keys WHERE key = ?');
  const putKey = database.prepare('INSERT OR IGNORE INTO keys VALUES (?, ?)');
  const putRequest = database.prepare('INSERT OR IGNORE INTO requests VALUES (?)');
  const putItems = database.prepare(
    `INSERT INTO groups VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET items = items + excluded.items, fresh = max(fresh, excluded.fresh)`,
  );
  const groups = database.prepare('SELECT items, fresh FROM groups WHERE reduce = ?');
  return {
    placeOf: (name) => (key.get(name) as { place: string } | undefined)?.place,
    putKey: (name, place) => void putKey.run(name, place),
    isRepeated: (request) => putRequest.run(request).changes === 0,
    putItems: (reduce, group, items, isFresh) => void putItems.run(reduce, group, items, isFresh ? 1 : 0),
    *groups(reduce) {
      for (const { items, fresh } of groups.iterate(reduce) as Iterable<{ items: number; fresh: number }>)
        yield { items, isFresh: fresh === 1 };
    },
    close: () => database.close(),
  };
}
