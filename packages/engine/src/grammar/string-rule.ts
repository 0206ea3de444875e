import { repeat } from './gbnf-text.ts';
import { patternRule } from './pattern-rule.ts';
import type { Schema } from './resolve-schema.ts';
import { SchemaError } from './schema-error.ts';

const formats = ['date', 'time', 'date-time', 'uuid'];

/** Counts above it are too much for a grammar; a longer text would not fit an answer anyway. */
const largestCount = 2000;

/** GBNF for a string, quotes included. */
export function stringRule(schema: Schema): string {
  const quoted = (inside: string) => `"\\"" ${inside} "\\""`;
  if (typeof schema.pattern === 'string') return quoted(`(${patternRule(schema.pattern)})`);
  if (typeof schema.format === 'string' && formats.includes(schema.format)) return quoted(schema.format);
  const [min, max] = countRange(schema, 'minLength', 'maxLength');
  return min === 0 && max === undefined ? 'string' : quoted(repeat('char', min, max));
}

/** The bounds of a count. @throws {SchemaError} where there is no number between them. */
export function countRange(schema: Schema, minKey: string, maxKey: string): [number, number | undefined] {
  const count = (key: string) => {
    const value = schema[key];
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
  };
  const min = count(minKey) ?? 0;
  const max = count(maxKey);
  if (min > (max ?? largestCount)) throw new SchemaError(`Unrecognized schema: ${JSON.stringify(schema)}`);
  return [min, max !== undefined && max <= largestCount ? max : undefined];
}
