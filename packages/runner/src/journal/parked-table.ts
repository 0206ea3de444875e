import type { Database } from './database.ts';

/** A row that waits for a later stage of its run. */
export interface ParkedRow {
  readonly position: number;
  readonly key: string;
  readonly place: string;
  readonly hash: string;
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** Steps that ended before it had to wait. */
  readonly ended: readonly string[];
}

/** The rows of one run that wait. */
export type ParkedTable = ReturnType<typeof createParkedTable>;

/** Rows that are in memory at once. */
const chunk = 256;

/** Prepares what is asked and written of rows that wait. */
export function createParkedTable(database: Database, run: number) {
  const put = database.prepare(
    'INSERT OR REPLACE INTO parked (row, run, position, model, value, ended) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM parked WHERE row = ?');
  const clear = database.prepare('DELETE FROM parked WHERE run = ?');
  const fromPosition = database.prepare(
    `SELECT parked.position, key, place, hash, value, ended FROM parked JOIN rows ON rows.row = parked.row
     WHERE parked.run = ? AND model = ? AND parked.position >= ? ORDER BY parked.position LIMIT ${chunk}`,
  );
  const lowest = database.prepare('SELECT min(position) AS position FROM parked WHERE run = ? AND model <> ?');

  return {
    put: (row: number, position: number, model: string, value: string, ended: string): void => {
      put.run(row, run, position, model, value, ended);
    },
    remove: (row: number): void => {
      remove.run(row);
    },
    clear: (): void => {
      clear.run(run);
    },
    /** Rows that wait for a model, in the order of the input; those that come to wait for it meanwhile are left for the next time. */
    *of(model: string): Generator<ParkedRow> {
      let next = 0;
      for (;;) {
        const rows = fromPosition.all(run, model, next) as {
          position: number;
          key: string;
          place: string;
          hash: string;
          value: string;
          ended: string;
        }[];
        const last = rows.at(-1);
        if (!last) return;
        next = last.position + 1;
        for (const { value, ended, ...row } of rows)
          yield { ...row, value: JSON.parse(value) ?? undefined, ended: JSON.parse(ended) };
      }
    },
    /** The first position that waits for another model. */
    lowestButOf: (model: string): number | undefined =>
      (lowest.get(run, model) as { position: number | null }).position ?? undefined,
  };
}
