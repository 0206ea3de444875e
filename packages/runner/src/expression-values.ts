import { MillraceError } from '@millrace/errors';

/** @throws {MillraceError} `EXPRESSION_FAILED` naming the key that needs a condition. */
export function trueOrFalse(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(value, key, 'true or false');
}

/** @throws {MillraceError} `EXPRESSION_FAILED` naming the key that needs a text. */
export function textIn(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw wrong(value, key, 'a text');
}

/** @throws {MillraceError} `EXPRESSION_FAILED` naming the key that needs a list. */
export function listIn(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(value, key, 'a list');
}

const wrong = (value: unknown, key: string, what: string): MillraceError =>
  new MillraceError('EXPRESSION_FAILED', `\`${key}\` gave ${JSON.stringify(value ?? null)}, and must give ${what}.`);
