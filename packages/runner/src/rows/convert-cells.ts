import { MillraceError } from '@millrace/errors';
import type { ColumnType } from '@millrace/schema';
import type { ReadRow } from '../row.ts';

/**
 * Gives a row the types of `each.columns`, and null for each known column that it does not have. An empty cell of a column that is no
 * string is null.
 *
 * @throws {MillraceError} `ROWS_UNREADABLE` for a cell that does not have its column's type.
 */
export function convertCells(
  row: ReadRow,
  known: readonly string[],
  declared: Readonly<Record<string, ColumnType>>,
): ReadRow['value'] {
  const types = Object.entries(declared);
  if (types.length === 0 && known.every((name) => Object.hasOwn(row.value, name))) return row.value;
  const cells = new Map(Object.entries(row.value));
  for (const name of known) if (!cells.has(name)) cells.set(name, null);
  for (const [name, type] of types) cells.set(name, convert(cells.get(name), type, name, row.place));
  return Object.fromEntries(cells); // makes own properties, also of a column called `__proto__`
}

function convert(cell: unknown, type: ColumnType, name: string, place: string): unknown {
  if (cell === null || cell === undefined || typeof cell === type) return cell ?? null;
  if (type !== 'string' && cell === '') return null;
  if (type === 'number' && typeof cell === 'string' && Number.isFinite(Number(cell))) return Number(cell);
  if (type === 'boolean' && (cell === 'true' || cell === 'false')) return cell === 'true';
  if (type === 'string') return JSON.stringify(cell);
  throw new MillraceError(
    'ROWS_UNREADABLE',
    `${place}: the cell of \`${name}\` is no ${type}: ${JSON.stringify(cell)}`,
    {
      hint: `Mend the cell, or change \`each.columns.${name}\`.`,
    },
  );
}
