import { MillraceError } from '@millrace/errors';
import type { BrokenRow } from '../row.ts';

/** Says of a file, or of a place in it, why its rows cannot be read. */
export const unreadable = (
  path: string,
  why: string,
  options: { cause?: unknown; hint?: string } = {},
): MillraceError => new MillraceError('ROWS_UNREADABLE', `${path === '-' ? 'Standard input' : path}${why}`, options);

/** A row that cannot be read, while those around it can. */
export const brokenRow = (
  path: string,
  place: string,
  why: string,
  options: { cause?: unknown; hint?: string } = {},
): BrokenRow => ({ place, error: unreadable(path, `, ${place}: ${why}`, options) });
