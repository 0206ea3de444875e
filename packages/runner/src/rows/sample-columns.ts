import type { Columns, ColumnType, ValueType } from '@millrace/schema';
import type { ReadRow } from '../row.ts';

/** Rows that are looked at for their columns. */
export const sampleSize = 100;

const types: Readonly<Record<ColumnType, ValueType>> = { string: 'string', number: 'double', boolean: 'bool' };

/** What is declared in `each.columns`, which wins over what was found. */
export const withDeclared = (found: Columns, declared: Readonly<Record<string, ColumnType>>): Columns => ({
  ...found,
  ...Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, types[type]])),
});

/** Columns of which every cell is a text. */
export const allStrings = (names: readonly string[]): Columns =>
  Object.fromEntries(names.map((name) => [name, 'string' as const]));

/** The columns of rows, with a type where all that have one agree; `names` come first, whether a row has them or not. */
export function columnsOf(rows: readonly ReadRow[], names: readonly string[] = []): Columns {
  // A map, since a column may be called `__proto__`.
  const columns = new Map<string, ValueType | undefined>(names.map((name) => [name, undefined]));
  for (const { value } of rows) {
    for (const [name, cell] of Object.entries(value)) {
      const known = columns.get(name);
      if (cell === null) columns.set(name, known ?? 'dyn');
      else columns.set(name, known !== undefined && known !== typeOf(cell) ? 'dyn' : typeOf(cell));
    }
  }
  return Object.fromEntries([...columns].map(([name, type]) => [name, type ?? 'dyn']));
}

function typeOf(value: unknown): ValueType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'double';
  return typeof value === 'boolean' ? 'bool' : 'dyn';
}
