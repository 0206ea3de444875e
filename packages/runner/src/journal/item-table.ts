import type { GroupName } from '../reduce/group-name.ts';
import type { Database } from './database.ts';

/** What the rows of one run are worth to its reduces. */
export type ItemTable = ReturnType<typeof createItemTable>;

/** How many groups, or items, are in memory at once. */
const page = 1000;

/**
 * The order of groups and of the items of large groups, on the disk and gone with the connection: to find it costs a sort of all, which a
 * page must not cost. A statement that is left open in between would keep the journal from being tidied up.
 */
const lists = `
  CREATE TEMP TABLE IF NOT EXISTS lists (list INTEGER PRIMARY KEY);
  CREATE TEMP TABLE IF NOT EXISTS group_order (list INTEGER, place INTEGER, name TEXT, count INTEGER, PRIMARY KEY (list, place)) WITHOUT ROWID;
  CREATE TEMP TABLE IF NOT EXISTS item_order (list INTEGER, place INTEGER, row INTEGER, item INTEGER, PRIMARY KEY (list, place)) WITHOUT ROWID;
`;

const join = 'FROM items JOIN rows ON rows.row = items.row WHERE items.run = ? AND items.reduce = ? AND rows.pass = ?';

/** Prepares what is asked and written of items. */
export function createItemTable(database: Database, run: number) {
  const put = database.prepare('INSERT INTO items (row, reduce, item, run, name, value) VALUES (?, ?, ?, ?, ?, ?)');
  const removeOf = database.prepare('DELETE FROM items WHERE row = ?');
  const values = database.prepare(`SELECT value ${join} AND name = ? ORDER BY rows.position, item LIMIT ?`);

  /** A list that is there as long as it is read, in pages. */
  function* listed<Part>(table: 'group_order' | 'item_order', fill: string, facts: Facts, read: string) {
    database.exec(lists);
    const list = Number(database.prepare('INSERT INTO temp.lists DEFAULT VALUES').run().lastInsertRowid);
    try {
      database.prepare(`INSERT INTO temp.${table} ${fill}`).run(list, ...facts);
      const next = database.prepare(read);
      for (let place = 1; ; place += page) {
        const parts = next.all(list, place, place + page) as Part[];
        yield* parts;
        if (parts.length < page) return;
      }
    } finally {
      database.prepare(`DELETE FROM temp.${table} WHERE list = ?`).run(list);
      database.prepare('DELETE FROM temp.lists WHERE list = ?').run(list);
    }
  }

  return {
    removeOf: (row: number): void => {
      removeOf.run(row);
    },
    put: (row: number, reduce: string, group: GroupName, items: readonly unknown[]): void => {
      const name = JSON.stringify(group);
      items.forEach((item, index) => {
        put.run(row, reduce, index, run, name, JSON.stringify(item) ?? 'null');
      });
    },
    /** In the order in which the input first has them; few of them are in memory. */
    *groups(reduce: string, pass: number): Generator<{ readonly group: GroupName; readonly count: number }> {
      const found = listed<{ name: string; count: number }>(
        'group_order',
        `SELECT ?, row_number() OVER (ORDER BY min(rows.position)), name, count(*) ${join} GROUP BY name`,
        [run, reduce, pass],
        'SELECT name, count FROM temp.group_order WHERE list = ? AND place >= ? AND place < ? ORDER BY place',
      );
      for (const { name, count } of found) yield { group: JSON.parse(name) as GroupName, count };
    },
    /** In the order of the input; few of them are in memory. */
    *itemsOf(reduce: string, pass: number, group: GroupName): Generator<unknown> {
      const facts = [run, reduce, pass, JSON.stringify(group)] as const;
      const first = values.all(...facts, page) as { value: string }[];
      const found =
        first.length < page
          ? first
          : listed<{ value: string }>(
              'item_order',
              `SELECT ?, row_number() OVER (ORDER BY rows.position, item), items.row, item ${join} AND name = ?`,
              facts,
              `SELECT value FROM temp.item_order AS listed JOIN items ON items.row = listed.row AND items.item = listed.item
                 AND items.reduce = ${quoted(reduce)} WHERE list = ? AND place >= ? AND place < ? ORDER BY place`,
            );
      for (const { value } of found) yield JSON.parse(value);
    },
  };
}

type Facts = readonly (string | number)[];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
