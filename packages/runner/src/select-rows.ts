import { isMillraceError, MillraceError } from '@millrace/errors';
import type { ColumnType, Each } from '@millrace/schema';
import type { BrokenRow, EndedRow, ReadRow, Row } from './row.ts';
import { createRowKeys, type RowKeys } from './row-keys.ts';
import { convertCells } from './rows/convert-cells.ts';

/** What decides which rows run, and as what. */
export interface Selection {
  readonly each: Each;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Columns that a row may lack; they are null then. */
  readonly columns: readonly string[];
  /** Stops after this many rows that `where` lets pass. */
  readonly first: number | undefined;
}

/** Gives rows their types and keys, and ends those that `where` leaves out or that cannot be read. */
export async function* selectRows(
  rows: AsyncIterable<ReadRow | BrokenRow>,
  selection: Selection,
): AsyncGenerator<Row | EndedRow> {
  const keys = createRowKeys(selection.each.key);
  let index = 0;
  let selected = 0;
  if (selection.first === 0) return;
  for await (const row of rows) {
    const chosen = select(row, index++, selection, keys);
    yield chosen;
    if ('value' in chosen && ++selected === selection.first) return;
  }
}

function select(
  row: ReadRow | BrokenRow,
  index: number,
  { each, inputs, columns }: Selection,
  keys: RowKeys,
): Row | EndedRow {
  if ('error' in row) return { index, key: row.place, error: row.error };
  try {
    const value = convertCells(row, columns, each.columns as Readonly<Record<string, ColumnType>>);
    const names = { row: value, inputs };
    const key = keys.keyOf(row, names);
    return !each.where || isTrue(each.where.render(names)) ? { index, key, value } : { index, key };
  } catch (error) {
    return {
      index,
      key: row.place,
      read: row.value,
      error: isMillraceError(error) ? error : new MillraceError('ROWS_UNREADABLE', row.place, { cause: error }),
    };
  }
}

function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new MillraceError(
    'EXPRESSION_FAILED',
    `\`each.where\` gave ${JSON.stringify(value)}, and must give true or false.`,
  );
}
