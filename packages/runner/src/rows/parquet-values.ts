import type { ParquetParsers } from 'hyparquet';

/** Times as ISO 8601 texts with all their digits, and bytes as they are: a `Date` would cut a time to milliseconds. */
export const parquetParsers: Partial<ParquetParsers> = {
  dateFromDays: (days: number) => isoOf(days * 86_400_000)?.slice(0, -14),
  timestampFromMilliseconds: (millis: bigint) => isoOf(Number(millis)),
  timestampFromMicroseconds: (micros: bigint) => fineIso(micros, 1000n, 3),
  timestampFromNanoseconds: (nanos: bigint) => fineIso(nanos, 1_000_000n, 6),
} as unknown as Partial<ParquetParsers>; // its types ask for dates

/** What of a cell of a Parquet file fits JSON. @param decimals Digits behind the point, of which the library gives more than there are. */
export function jsonValueOf(cell: unknown, decimals?: number): unknown {
  switch (typeof cell) {
    case 'bigint':
      return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
    case 'number':
      if (!Number.isFinite(cell)) return null;
      return decimals !== undefined && decimals <= 100 ? Number(cell.toFixed(decimals)) : cell;
    case 'object':
      return cell === null ? null : ofObject(cell);
    case 'undefined':
      return null;
    default:
      return cell;
  }
}

function ofObject(cell: object): unknown {
  if (cell instanceof Date) return isoOf(cell.getTime()) ?? null;
  if (cell instanceof Uint8Array) return Buffer.from(cell).toString('base64');
  if (Array.isArray(cell) || ArrayBuffer.isView(cell))
    return Array.from(cell as unknown[], (part) => jsonValueOf(part));
  return Object.fromEntries(Object.entries(cell).map(([name, value]) => [name, jsonValueOf(value)]));
}

/** Nulls pass through the library's parsers as undefined. */
function isoOf(millis: number): string | undefined {
  return Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : undefined;
}

function fineIso(ticks: bigint | undefined, perMilli: bigint, digits: number): string | undefined {
  if (typeof ticks !== 'bigint') return undefined;
  const fine = ((ticks % perMilli) + perMilli) % perMilli;
  const iso = isoOf(Number((ticks - fine) / perMilli));
  if (fine === 0n || iso === undefined) return iso;
  return `${iso.slice(0, -1)}${String(fine).padStart(digits, '0').replace(/0+$/, '')}Z`;
}
