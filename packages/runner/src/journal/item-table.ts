import type { GroupName } from '../reduce/group-name.ts';
import type { Database } from './database.ts';

/** What the rows of one run are worth to its reduces. */
export type ItemTable = ReturnType<typeof createItemTable>;

/** Prepares what is asked and written of items. */
export function createItemTable(database: Database, run: number) {
  const put = database.prepare('INSERT INTO items (row, reduce, item, run, name, value) VALUES (?, ?, ?, ?, ?, ?)');
  const removeOf = database.prepare('DELETE FROM items WHERE row = ?');
  const join =
    'FROM items JOIN rows ON rows.row = items.row WHERE items.run = ? AND items.reduce = ? AND rows.pass = ?';
  const names = database.prepare(`SELECT name, count(*) AS count ${join} GROUP BY name ORDER BY min(rows.position)`);
  const values = database.prepare(`SELECT value ${join} AND name = ? ORDER BY rows.position, item`);

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
    /** In the order in which the input first has them. */
    groups: (reduce: string, pass: number) =>
      Array.from(names.all(run, reduce, pass) as { name: string; count: number }[], ({ name, count }) => ({
        group: JSON.parse(name) as GroupName,
        count,
      })),
    /** In the order of the input. */
    itemsOf: (reduce: string, pass: number, group: GroupName): unknown[] =>
      Array.from(values.all(run, reduce, pass, JSON.stringify(group)) as { value: string }[], ({ value }) =>
        JSON.parse(value),
      ),
  };
}
