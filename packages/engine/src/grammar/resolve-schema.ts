import { isObject } from '../wire/read-fields.ts';
import { SchemaError } from './schema-error.ts';

/** A JSON Schema that is an object. */
export type Schema = Readonly<Record<string, unknown>>;

/** Follows `#`, `#/…` inside the document. @throws {SchemaError} for any other reference, or one that leads nowhere. */
export function resolveReference(root: Schema, reference: string): unknown {
  if (reference !== '#' && !reference.startsWith('#/')) throw new SchemaError(`Unsupported ref: ${reference}`);
  let at: unknown = root;
  for (const part of reference.split('/').slice(1)) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    const table = Array.isArray(at) ? Object.fromEntries(at.entries()) : at;
    if (!isObject(table) || !Object.hasOwn(table, key)) {
      throw new SchemaError(`Error resolving ref ${reference}: ${key} not in ${JSON.stringify(at)}`);
    }
    at = table[key];
  }
  return at;
}

/** One schema for all of `allOf`: properties and required names together, of other keywords the last one. */
export function mergeAllOf(root: Schema, schema: Schema, depth = 0): Schema {
  const { allOf, ...rest } = schema;
  if (!Array.isArray(allOf)) return schema;
  if (depth > 64) throw new SchemaError('allOf refers to itself.');
  const parts = allOf.map((part: unknown) => {
    const target = isObject(part) && typeof part.$ref === 'string' ? resolveReference(root, part.$ref) : part;
    return isObject(target) ? mergeAllOf(root, target, depth + 1) : {};
  });
  const all = [...parts, rest];
  const properties = Object.assign({}, ...all.map((part) => part.properties)) as Schema;
  const required = all.flatMap((part) => (Array.isArray(part.required) ? part.required : []));
  return {
    ...(Object.assign({}, ...all) as Schema),
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}
