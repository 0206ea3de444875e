import { lineFormat } from '../save/format-line.ts';
import type { Database } from './database.ts';
import { type RunRecord, recordOf } from './list-runs.ts';

/** What of a run is written, and how. */
export interface ExportOptions {
  readonly format: 'jsonl' | 'csv';
  /** The failed rows in place of the results. */
  readonly errors?: boolean | undefined;
}

/** A row that has ended. */
interface EndedRow {
  readonly position: number;
  readonly key: string | null;
  readonly place: string;
  readonly result: string | null;
  readonly failure: string | null;
}

/** How many rows are in memory at once. */
const chunk = 500;

/**
 * The lines of a run as `save` writes them, in the order of the input: of a run that is not finished, what there is of it.
 *
 * @throws {MillraceError} `RUN_NOT_FOUND`, at once.
 */
export function exportRun(database: Database, id: string, options: ExportOptions): Generator<string> {
  return linesOf(database, recordOf(database, id), options);
}

function* linesOf(database: Database, run: RunRecord, { format, errors = false }: ExportOptions): Generator<string> {
  const names = format === 'csv' ? (errors ? ['row', 'error', 'answer'] : fieldNames(database, run)) : [];
  const { header, line } = lineFormat(`-.${format}`, names);
  if (header !== '') yield header;
  const next = database.prepare(
    `SELECT position, key, place, ${errors ? 'NULL AS result, failure' : 'result, NULL AS failure'} FROM rows
     WHERE run = ? AND step = '' AND pass = ? AND position > ?
       AND ${errors ? "status = 'failed' AND failure IS NOT NULL" : 'status IS NOT NULL AND result IS NOT NULL'}
     ORDER BY position LIMIT ${chunk}`,
  );
  for (let last = -1; ; ) {
    const rows = next.all(run.run, run.pass, last) as unknown as EndedRow[];
    const end = rows.at(-1);
    if (!end) return;
    last = end.position;
    yield rows.map(({ key, place, result, failure }) => line(key ?? place, result ?? failure ?? '{}')).join('');
  }
}

/** The fields that any result has, in the order in which they come. */
function fieldNames(database: Database, { run, pass }: RunRecord): readonly string[] {
  const found = database
    .prepare(
      `SELECT field.key AS name FROM rows, json_each(rows.result) AS field
       WHERE rows.run = ? AND rows.step = '' AND rows.pass = ? AND rows.result IS NOT NULL
       GROUP BY field.key ORDER BY min(rows.position), min(field.id)`,
    )
    .all(run, pass) as { name: string }[];
  return found.map(({ name }) => name);
}
