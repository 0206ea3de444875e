import { isMillraceError, MillraceError } from '@millrace/errors';
import type { ColumnType, Each } from '@millrace/schema';
import type { BrokenRow, EndedRow, ReadRow, Row } from './row.ts';
import { createRowKeys, type RowKeys, type TakenBy } from './row-keys.ts';
import { createReservoir } from './rows/choose-sample.ts';
import { convertCells } from './rows/convert-cells.ts';
import type { RowsSource } from './rows/open-source.ts';
import { createRowHash, type RowHash } from './rows/row-hash.ts';

/** What decides which rows run, and as what. */
export interface Selection {
  readonly each: Each;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Columns that a row may lack; they are null then. */
  readonly columns: readonly string[];
  /** Asked once for each row that is given, while those before it are known. */
  readonly takenBy: TakenBy;
  /** Only rows from here to there, counted from 1, both among them. Rows outside are as if they were not there. */
  readonly range?: { readonly from?: number | undefined; readonly to?: number | undefined } | undefined;
  /** Only so many of the rows that `where` lets pass, each as likely as any other; the rest is as if it were not there. */
  readonly sample?: { readonly size: number; readonly seed: number } | undefined;
  /** Stops after this many rows that `where` lets pass. */
  readonly first?: number | undefined;
}

/** A row as it was read, with its index. */
type Numbered = readonly [number, ReadRow | BrokenRow];

/**
 * Gives rows their types and keys, and ends those that `where` leaves out or that cannot be read. `range` comes first, then `where`, then
 * `sample`, then `first`; an index is the row's place in the whole input.
 *
 * A sample of a file reads it twice, and keeps only places; of standard input it is given when that ends.
 */
export async function* selectRows(
  source: Pick<RowsSource, 'rows' | 'isRepeatable'>,
  selection: Selection,
): AsyncGenerator<Row | EndedRow> {
  const { each, takenBy, sample, first } = selection;
  if (first === 0 || sample?.size === 0) return;
  const rows = sample ? sampled(source, selection, sample) : ranged(source.rows(), selection.range);
  const keys = createRowKeys(each.key, takenBy);
  const hashOf = createRowHash();
  let selected = 0;
  for await (const [index, row] of rows) {
    const chosen = select(row, index, selection, keys, hashOf);
    yield chosen;
    if ('value' in chosen && ++selected === first) return;
  }
}

async function* ranged(rows: AsyncIterable<ReadRow | BrokenRow>, range: Selection['range']): AsyncGenerator<Numbered> {
  const { from = 1, to = Number.POSITIVE_INFINITY } = range ?? {};
  if (to < from) return;
  let count = 0;
  for await (const row of rows) {
    if (++count >= from) yield [count - 1, row];
    if (count >= to) return;
  }
}

async function* sampled(
  source: Pick<RowsSource, 'rows' | 'isRepeatable'>,
  selection: Selection,
  { size, seed }: NonNullable<Selection['sample']>,
): AsyncGenerator<Numbered> {
  if (!source.isRepeatable) {
    const chosen = createReservoir<Numbered>(size, seed);
    for await (const row of ranged(source.rows(), selection.range))
      if (isCandidate(row[1], selection)) chosen.offer(row);
    yield* [...chosen.items()].sort(([a], [b]) => a - b);
    return;
  }
  const chosen = createReservoir<number>(size, seed);
  for await (const [index, row] of ranged(source.rows(), selection.range))
    if (isCandidate(row, selection)) chosen.offer(index);
  const indexes = new Set(chosen.items());
  if (indexes.size === 0) return;
  const to = 1 + [...indexes].reduce((last, index) => Math.max(last, index), 0);
  for await (const row of ranged(source.rows(), { to })) if (indexes.has(row[0])) yield row;
}

/** What cannot be read or asked is left to runs over all rows. */
function isCandidate(row: ReadRow | BrokenRow, { each, inputs, columns }: Selection): boolean {
  if ('error' in row) return false;
  try {
    return isLetPass(each, { row: convertCells(row, columns, declaredIn(each)), inputs });
  } catch {
    return false;
  }
}

function select(
  row: ReadRow | BrokenRow,
  index: number,
  { each, inputs, columns }: Selection,
  keys: RowKeys,
  hashOf: RowHash,
): Row | EndedRow {
  const { place } = row;
  if ('error' in row) return { index, key: place, place, error: row.error };
  try {
    const value = convertCells(row, columns, declaredIn(each));
    const hash = hashOf(value);
    const names = { row: value, inputs };
    const key = keys.keyOf({ index, place, hash }, names);
    return isLetPass(each, names) ? { index, key, place, hash, value } : { index, key, place };
  } catch (error) {
    return {
      index,
      key: place,
      place,
      read: row.value,
      error: isMillraceError(error) ? error : new MillraceError('ROWS_UNREADABLE', place, { cause: error }),
    };
  }
}

const declaredIn = ({ columns }: Each): Readonly<Record<string, ColumnType>> => columns;

function isLetPass({ where }: Each, names: Readonly<Record<string, unknown>>): boolean {
  if (!where) return true;
  const value = where.render(names);
  if (typeof value === 'boolean') return value;
  throw new MillraceError(
    'EXPRESSION_FAILED',
    `\`each.where\` gave ${JSON.stringify(value)}, and must give true or false.`,
  );
}
