import { isMap } from '../yaml-map.ts';

/** Deep enough for any answer; a schema may refer to itself. */
const maxDepth = 8;

/**
 * A short answer that a schema allows, to estimate by: each text a few words, each list one item, each choice its longest word, what may
 * be null not null.
 */
export function exampleAnswer(schema: unknown, depth = 0): unknown {
  if (!isMap(schema) || depth > maxDepth) return '';
  if (Array.isArray(schema.enum)) return longest(schema.enum);
  if ('const' in schema) return schema.const;
  const [form] = Array.isArray(schema.anyOf) ? schema.anyOf.filter((one) => !(isMap(one) && one.type === 'null')) : [];
  if (form !== undefined) return exampleAnswer(form, depth + 1);
  const type =
    [schema.type].flat().find((word) => word !== 'null') ?? (isMap(schema.properties) ? 'object' : undefined);
  switch (type) {
    case 'object':
      return exampleObject(schema, depth);
    case 'array':
      return Array(listLength(schema.minItems)).fill(exampleAnswer(schema.items, depth + 1));
    case 'number':
    case 'integer':
      return 10;
    case 'boolean':
      return false;
    default:
      return 'a few words';
  }
}

function exampleObject(schema: Readonly<Record<string, unknown>>, depth: number): unknown {
  const required = Array.isArray(schema.required) ? schema.required : Object.keys(mapOf(schema.properties));
  const fields = Object.entries(mapOf(schema.properties)).filter(([name]) => required.includes(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleAnswer(field, depth + 1)]));
}

const mapOf = (value: unknown): Readonly<Record<string, unknown>> => (isMap(value) ? value : {});

/** Bounded: a file may ask for a list of millions. */
const listLength = (least: unknown): number => (typeof least === 'number' ? Math.min(Math.max(1, least), 1000) : 1);

const longest = (values: readonly unknown[]): unknown =>
  values.reduce(
    (best, value) => (JSON.stringify(value).length > JSON.stringify(best).length ? value : best),
    values[0] ?? '',
  );
