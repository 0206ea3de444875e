import { defer, map, type OperatorFunction } from 'rxjs';
import type { OfOneHost } from './pool/transfer-at-all.ts';
import { createSpeedometer } from './speedometer.ts';
import type { TransferProgress } from './transfer-progress.ts';

/** How far a transfer has come, over all its parts. */
export interface Transfer {
  /** Of the last row. */
  readonly status: string;
  /** Bytes of the parts that are known; it grows with every part that turns up. */
  readonly total: number;
  /** Bytes that are there; never less than before, never more than `total`, and equal to it at `success`. */
  readonly completed: number;
  /** Over the last ten seconds; bytes that were there before the first row of their part do not count. 0 at first. */
  readonly bytesPerSecond: number;
  /** Until the known parts are complete; undefined while nothing moves. */
  readonly remainingMs: number | undefined;
}

/** What a transfer is measured with. */
export interface TransferOptions {
  /** Milliseconds from any fixed time. Default: `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * Folds the rows of pull, push, create or `blobs.upload` into how far the whole has come; one emission for each row.
 * Parts are told apart by their digest; rows without one (`pulling manifest`, `hashing`) change the status alone. Rows
 * may be missing, come twice, or go back.
 */
export function transfer({
  now = () => performance.now(),
}: TransferOptions = {}): OperatorFunction<TransferProgress, Transfer> {
  return (rows) =>
    defer(() => {
      const fold = createFold(now);
      return rows.pipe(map(fold));
    });
}

interface Part {
  readonly completed: number;
  readonly total: number;
}

function createFold(now: () => number): (row: TransferProgress) => Transfer {
  const parts = new Map<string, Part>();
  const speedometer = createSpeedometer();
  let total = 0;
  let there = 0;
  let moved = 0;
  const add = (digest: string, row: TransferProgress): void => {
    const before = parts.get(digest);
    const after = advance(before, row);
    parts.set(digest, after);
    total += after.total - (before?.total ?? 0);
    there += after.completed - (before?.completed ?? 0);
    if (before !== undefined) moved += after.completed - before.completed;
  };
  return ({ status, ...row }) => {
    if (row.digest !== undefined) add(partOf(row), { status, ...row });
    const bytesPerSecond = speedometer(now(), moved);
    const done = status === 'success';
    const completed = done ? total : there;
    const remainingMs = done ? 0 : bytesPerSecond > 0 ? ((total - completed) / bytesPerSecond) * 1000 : undefined;
    return { status, total, completed, bytesPerSecond, remainingMs };
  };
}

// The rows of a pool are of many hosts, each with its own copy of a part.
const partOf = ({ digest = '', host }: Omit<OfOneHost<TransferProgress>, 'status'>): string =>
  host === undefined ? digest : `${digest} at ${host}`;

function advance(before: Part | undefined, row: TransferProgress): Part {
  const completed = Math.max(before?.completed ?? 0, bytesOf(row.completed));
  return { completed, total: Math.max(before?.total ?? 0, bytesOf(row.total), completed) };
}

const bytesOf = (count: number | undefined): number => (count !== undefined && count > 0 ? count : 0);
