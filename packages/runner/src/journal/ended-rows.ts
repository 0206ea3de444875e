import type { RunEnd } from '../events.ts';
import type { Database } from './database.ts';
import { createRunFinder, endOf, type ListedRun, listed } from './list-runs.ts';
import { type ListedRow, listedColumns, listedRow, type RowRecord } from './listed-row.ts';
import { untilFull } from './page-rows.ts';

/** What happened in a run behind a place, and how the run stood before that was looked for. */
export interface EndedPage {
  readonly run: ListedRun;
  /** Another one than before: rows that ended are taken over, and come again with a later sequence. */
  readonly pass: number;
  /** Rows and groups in the order in which they ended. */
  readonly rows: readonly EndedRow[];
  /** There are no more at this time. */
  readonly isLast: boolean;
  /** How it ended; absent while it is in work, and where its process died. */
  readonly end?: RunEnd;
}

/** A row, or a group of a reduce, that has ended. */
export interface EndedRow extends ListedRow {
  /** Its number in the order in which they ended, from 0; it never comes again in a run, and there may be gaps. */
  readonly sequence: number;
}

/** Rows in one page: enough that none is made for each of them. */
const maxRows = 500;

/** Looks for rows that ended behind a sequence; costs as much as those rows, however many there are before. */
export function createEndedRows(database: Database): (id: string, after: number, maxBytes: number) => EndedPage {
  const find = createRunFinder(database);
  const next = database.prepare(
    `SELECT ${listedColumns} FROM rows WHERE run = ? AND pass = ? AND sequence > ? ORDER BY sequence LIMIT ${maxRows + 1}`,
  );
  return (id, after, maxBytes) => {
    // The run first: what ends after it was read is found by the next look.
    const record = find(id);
    const run = listed(database, record, Date.now());
    const found = next.iterate(record.run, record.pass, after) as Iterable<RowRecord>;
    const { rows, isFull } = untilFull(found, maxRows, maxBytes);
    const end = run.status === 'running' || record.status === 'running' ? undefined : endOf(record);
    return {
      run,
      pass: record.pass,
      rows: rows.map((row) => ({ ...listedRow(row), sequence: row.sequence ?? 0 })),
      isLast: !isFull,
      ...(end && { end }),
    };
  };
}
