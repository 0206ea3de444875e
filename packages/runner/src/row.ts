import type { MillraceError } from '@millrace/errors';

/** A row as it was read, with its place for messages, such as `line 17`. */
export interface ReadRow {
  readonly place: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A row that could not be read; the others go on. */
export interface BrokenRow {
  readonly place: string;
  readonly error: MillraceError;
}

/** A row on its way through the steps. */
export interface Row {
  /** Counted from 0 over all rows of the input. */
  readonly index: number;
  readonly key: string;
  /** Where it stands in the input, such as `line 17`. */
  readonly place: string;
  /** The same for rows of the same value, whatever order their columns came in: 16 hexadecimal digits. */
  readonly hash: string;
  /** Absent in a run without `each`. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** The steps that ended in an earlier stage of the run, after which it had to wait; absent where it did not. */
  readonly ended?: readonly string[];
}

/** A row that ended before its first step. */
export interface EndedRow {
  readonly index: number;
  /** Its place where it has no key. */
  readonly key: string;
  readonly place: string;
  /** Absent: left out by `where`. */
  readonly error?: MillraceError;
  /** As far as it could be read. */
  readonly read?: Readonly<Record<string, unknown>>;
}
