import type { Database } from './database.ts';
import { createRunFinder } from './list-runs.ts';
import { type ListedRow, listedColumns, listedRow, type RowRecord, sizeOf } from './listed-row.ts';
import type { RowStatus } from './row-table.ts';

/** Which rows of a run. */
export interface RowPageOptions {
  /** Those that ended so. Default: all, those in work included. */
  readonly status?: RowStatus | undefined;
  /** The groups of this reduce in place of the rows of the input. */
  readonly step?: string | undefined;
  /** Those behind this place in the input. Default: from the first one. */
  readonly after?: number | undefined;
  readonly limit: number;
  /** The page ends earlier where its rows are long, with one row at least. */
  readonly maxBytes: number;
}

/** Some rows in the order of the input. */
export interface RowPage {
  readonly rows: readonly ListedRow[];
  /** The `after` of the next page; absent where there are no more rows. */
  readonly next?: number;
}

/** Makes pages of rows; each costs as much as its rows, wherever it begins. */
export function createRowPages(database: Database): (id: string, options: RowPageOptions) => RowPage {
  const find = createRunFinder(database);
  const select = (condition: string) =>
    database.prepare(
      `SELECT ${listedColumns} FROM rows WHERE run = ? AND step = ? AND pass = ? AND position > ? ${condition}
       ORDER BY position LIMIT ?`,
    );
  // Each status is written down, since its index has rows of that status only.
  const statements = {
    any: select(''),
    ok: select("AND status = 'ok'"),
    degraded: select("AND status = 'degraded'"),
    failed: select("AND status = 'failed'"),
    skipped: select("AND status = 'skipped'"),
  };
  return (id, { status, step = '', after = -1, limit, maxBytes }) => {
    const { run, pass } = find(id);
    // One more, to know whether there are more.
    const found = statements[status ?? 'any'].iterate(run, step, pass, after, limit + 1) as Iterable<RowRecord>;
    const page = untilFull(found, limit, maxBytes);
    const last = page.rows.at(-1);
    return {
      rows: page.rows.map(listedRow),
      ...(page.isFull && last && { next: last.position }),
    };
  };
}

/** Reads no further than a page can hold. */
export function untilFull(
  found: Iterable<RowRecord>,
  limit: number,
  maxBytes: number,
): { readonly rows: readonly RowRecord[]; readonly isFull: boolean } {
  const rows: RowRecord[] = [];
  let bytes = 0;
  for (const row of found) {
    bytes += sizeOf(row);
    if (rows.length === limit || (rows.length > 0 && bytes > maxBytes)) return { rows, isFull: true };
    rows.push(row);
  }
  return { rows, isFull: false };
}
