import { repeat } from './gbnf-text.ts';
import type { Schema } from './resolve-schema.ts';
import type { Visit } from './schema-grammar.ts';
import { countRange } from './string-rule.ts';

/** GBNF for an array: a list of like items, or a tuple. */
export function arrayRule(schema: Schema, visit: Visit): string {
  const tuple = schema.prefixItems ?? schema.items;
  if (Array.isArray(tuple)) return `"[" space ${tuple.map(visit).join(' space "," space ')} space "]"`;
  const item = schema.items === undefined ? 'value' : visit(schema.items);
  const [min, max] = countRange(schema, 'minItems', 'maxItems');
  if (max === 0) return '"[" space "]"';
  const more = repeat(`space "," space ${item}`, Math.max(min - 1, 0), max === undefined ? undefined : max - 1);
  const items = `${item} ${more} space`;
  return `"[" space ${min === 0 ? `(${items})?` : items} "]"`;
}
