import { createHash } from 'node:crypto';
import { MillraceError } from '@millrace/errors';
import type { Template } from '@millrace/schema';
import type { ReadRow } from './row.ts';

/** Gives each row its key. */
export interface RowKeys {
  /**
   * @param names What `each.key` may read: `row` and `inputs`.
   * @throws {MillraceError} `KEY_DUPLICATE` naming both rows, `EXPRESSION_FAILED`.
   */
  keyOf(row: ReadRow, names: Readonly<Record<string, unknown>>): string;
}

/** Keys from `each.key`; without it a hash of the row, with `#2`, `#3`, … for equal rows. */
export function createRowKeys(template: Template | undefined): RowKeys {
  // One entry a row: what of a run grows with its input until there is a journal to ask.
  const places = new Map<string, string>();
  const hashes = new Map<string, number>();

  const hashed = (row: ReadRow): string => {
    const hash = createHash('sha256').update(canonicalJson(row.value)).digest('hex').slice(0, 16);
    const count = (hashes.get(hash) ?? 0) + 1;
    hashes.set(hash, count);
    return count === 1 ? hash : `${hash}#${count}`;
  };

  return {
    keyOf: (row, names) => {
      if (!template) return hashed(row);
      const key = keyText(template.render(names));
      const first = places.get(key);
      if (first !== undefined)
        throw new MillraceError('KEY_DUPLICATE', `The key \`${key}\` of ${row.place} is that of ${first} too.`);
      places.set(key, row.place);
      return key;
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

/** The same text for the same values, whatever order their keys came in. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
