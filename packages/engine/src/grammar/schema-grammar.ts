import { isObject } from '../wire/read-fields.ts';
import { arrayRule } from './array-rule.ts';
import { either, literal } from './gbnf-text.ts';
import { integerRange } from './integer-range.ts';
import { objectRule } from './object-rule.ts';
import { primitiveRules } from './primitive-rules.ts';
import { mergeAllOf, resolveReference, type Schema } from './resolve-schema.ts';
import { SchemaError } from './schema-error.ts';
import { stringRule } from './string-rule.ts';

/** GBNF for a schema inside another one. */
export type Visit = (schema: unknown) => string;

/**
 * Turns a JSON Schema into a GBNF grammar: what it describes, or a little more where a grammar cannot say it (bounds
 * of numbers with fractions, `uniqueItems`, `not`, …), so answers are still to be validated.
 *
 * @throws {SchemaError} for what cannot be converted.
 */
export function schemaGrammar(root: Schema): string {
  const rules = new Map<string, string>();
  const references = new Map<string, string>();

  function define(body: string): string {
    const name = `r${rules.size}`;
    rules.set(name, body);
    return name;
  }

  function follow(reference: string): string {
    const known = references.get(reference);
    if (known !== undefined) return known;
    const name = define('');
    references.set(reference, name);
    rules.set(name, visit(resolveReference(root, reference)));
    return name;
  }

  function visit(given: unknown): string {
    if (given === true) return 'value';
    if (!isObject(given)) throw unrecognized(given);
    if (typeof given.$ref === 'string') return follow(given.$ref);
    const schema = mergeAllOf(root, given);
    const alternatives = schema.oneOf ?? schema.anyOf;
    if (Array.isArray(alternatives)) return either(nonEmpty(schema, alternatives).map(visit));
    if ('const' in schema) return literal(JSON.stringify(schema.const));
    if (Array.isArray(schema.enum))
      return either(nonEmpty(schema, schema.enum).map((value) => literal(JSON.stringify(value))));
    if (Array.isArray(schema.type))
      return either(nonEmpty(schema, schema.type).map((type) => visit({ ...schema, type })));
    return ofType(schema, schema.type ?? impliedType(schema));
  }

  function ofType(schema: Schema, type: unknown): string {
    if (type === 'object') return define(objectRule(schema, visit, define));
    if (type === 'array') return define(arrayRule(schema, visit));
    if (type === 'string') return stringRule(schema);
    if (type === 'integer') return integerRule(schema);
    if (type === 'value' || type === 'number' || type === 'boolean' || type === 'null') return type;
    throw unrecognized(schema);
  }

  rules.set('root', Object.keys(root).length === 0 ? 'object' : visit(root));
  const all = { ...primitiveRules, ...Object.fromEntries(rules) };
  return Object.entries(all)
    .map(([name, body]) => `${name} ::= ${body}`)
    .join('\n');
}

/** What a schema without `type` is about, by the keywords it uses. */
function impliedType(schema: Schema): string {
  if ('properties' in schema || 'additionalProperties' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  return 'pattern' in schema || 'minLength' in schema || 'maxLength' in schema ? 'string' : 'value';
}

function integerRule(schema: Schema): string {
  const number = (key: string) => (typeof schema[key] === 'number' ? schema[key] : undefined);
  const [above, below] = [number('exclusiveMinimum'), number('exclusiveMaximum')];
  const min = number('minimum') ?? (above === undefined ? undefined : Math.floor(above) + 1);
  const max = number('maximum') ?? (below === undefined ? undefined : Math.ceil(below) - 1);
  if (min === undefined && max === undefined) return 'integer';
  if (min !== undefined && max !== undefined && Math.ceil(min) > Math.floor(max)) throw unrecognized(schema);
  return integerRange(min && Math.ceil(min), max && Math.floor(max));
}

function nonEmpty(schema: Schema, list: readonly unknown[]): readonly unknown[] {
  if (list.length === 0) throw unrecognized(schema);
  return list;
}

function unrecognized(schema: unknown): SchemaError {
  return new SchemaError(`Unrecognized schema: ${JSON.stringify(schema)}`);
}
