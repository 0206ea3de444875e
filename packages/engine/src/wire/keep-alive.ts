import { parseDuration } from './parse-duration.ts';
import { RequestError } from './request-error.ts';

/** How long a model stays after its last request where none of them says: five minutes. */
export const defaultKeepAliveMs = 5 * 60_000;

/** Reads `keep_alive`: seconds as a number, a Go duration as a string, anything negative for ever (`Infinity`). */
export function parseKeepAlive(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return foreverIfNegative(value * 1000);
  if (typeof value === 'string') return foreverIfNegative(parseDuration(value));
  const type =
    typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  throw new RequestError(400, `Unsupported type: '${type}'`);
}

function foreverIfNegative(milliseconds: number): number {
  return milliseconds < 0 ? Number.POSITIVE_INFINITY : milliseconds;
}
