import { MillraceError } from '@millrace/errors';
import type { Template } from '@millrace/schema';

/** The place of an earlier row of this run with that key, such as `line 4`; the index is that of the row that asks. */
export type TakenBy = (key: string, index: number) => string | undefined;

/** What a key is made of. */
export interface Keyed {
  readonly index: number;
  readonly place: string;
  readonly hash: string;
}

/** Gives each row its key. */
export interface RowKeys {
  /**
   * @param names What `each.key` may read: `row` and `inputs`.
   * @throws {MillraceError} `KEY_DUPLICATE` naming both rows, `EXPRESSION_FAILED`.
   */
  keyOf(row: Keyed, names: Readonly<Record<string, unknown>>): string;
}

/** Keys from `each.key`; without it the hash of the row, with `#2`, `#3`, … for equal rows. Keeps nothing of rows that are unlike any other. */
export function createRowKeys(template: Template | undefined, takenBy: TakenBy): RowKeys {
  /** How often each hash came that came more than once. */
  const repeated = new Map<string, number>();

  const numbered = ({ hash, index }: Keyed): string => {
    const before = repeated.get(hash) ?? (takenBy(hash, index) === undefined ? 0 : 1);
    if (before === 0) return hash;
    repeated.set(hash, before + 1);
    return `${hash}#${before + 1}`;
  };

  return {
    keyOf: (row, names) => {
      if (!template) return numbered(row);
      const key = keyText(template.render(names));
      const first = takenBy(key, row.index);
      if (first === undefined) return key;
      throw new MillraceError('KEY_DUPLICATE', `The key \`${key}\` of ${row.place} is that of ${first} too.`);
    },
  };
}

function keyText(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new MillraceError('EXPRESSION_FAILED', `\`each.key\` gave ${JSON.stringify(value)}, which names no row.`, {
    hint: 'A key is a text that is not empty, a number, or true or false.',
  });
}
