import type { BrokenRow, ReadRow } from '../row.ts';
import { brokenRow } from './unreadable.ts';

/** A row of the JSON of an object; what is something else is a broken row. */
export function parseObject(text: string, place: string, path: string): ReadRow | BrokenRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return brokenRow(path, place, `this is not JSON: ${text.trim().slice(0, 80)}`, { cause });
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject
    ? { place, value: value as ReadRow['value'] }
    : brokenRow(path, place, 'this is JSON, but no object.', { hint: 'A row is an object: {"column": value, …}.' });
}
