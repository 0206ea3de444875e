import { RequestError } from './request-error.ts';

const levels = ['high', 'medium', 'low', 'max'];

/** Reads `think`: true where thinking is asked for. */
export function readThink(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') {
    throw new RequestError(400, 'think must be a boolean or string ("high", "medium", "low", "max", true, or false)');
  }
  if (levels.includes(value)) return true;
  throw new RequestError(
    400,
    `invalid think value: ${JSON.stringify(value)} (must be "high", "medium", "low", "max", true, or false)`,
  );
}
