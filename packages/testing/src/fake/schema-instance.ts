import { randomFrom } from './seeded.ts';

type Schema = Readonly<Record<string, unknown>>;
type Random = () => number;

/**
 * A value that is valid for a JSON Schema made of `enum`, `const`, `type` (object, array, string, number, integer,
 * boolean, null, or several), `properties`, `items`, `anyOf`, `oneOf`, `allOf`, `$ref` into the same schema, and the
 * bounds of length, number and items. Of an object every property is given. The seed chooses among the possible.
 * `pattern` and `format` are not honoured.
 */
export function instanceOf(schema: unknown, seed = 0): unknown {
  return generate(schema, { root: schema, random: randomFrom(seed), depth: 0 });
}

interface Place {
  readonly root: unknown;
  readonly random: Random;
  /** Recursive schemas end at a depth of 8, where lists are empty and optional properties left out. */
  readonly depth: number;
}

function generate(schema: unknown, place: Place): unknown {
  if (!isSchema(schema)) return schema === false ? null : 'text';
  const { const: constant, enum: choices, $ref: reference, allOf } = schema;
  if ('const' in schema) return constant;
  if (Array.isArray(choices)) return pick(choices, place.random);
  if (typeof reference === 'string') return generate(resolve(place.root, reference), deeper(place));
  if (Array.isArray(allOf)) return generate(Object.assign({}, schema, { allOf: undefined }, ...allOf), place);
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return generate(chooseBranch(branches, place), deeper(place));
  return generateType(typeOf(schema, place), schema, place);
}

function generateType(type: unknown, schema: Schema, place: Place): unknown {
  switch (type) {
    case 'object':
      return generateObject(schema, place);
    case 'array':
      return generateArray(schema, place);
    case 'number':
      return generateNumber(schema, place.random);
    case 'integer':
      return generateInteger(schema, place.random);
    case 'boolean':
      return place.random() < 0.5;
    case 'null':
      return null;
    default:
      return generateString(schema, place.random);
  }
}

function generateObject(schema: Schema, place: Place): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  const names = place.depth > 8 ? required : [...new Set([...Object.keys(properties), ...required])];
  return Object.fromEntries(names.map((name) => [name, generate(properties[name] ?? {}, deeper(place))]));
}

function generateArray(schema: Schema, place: Place): unknown[] {
  const least = numberOr(schema.minItems, 0);
  const most = numberOr(schema.maxItems, Math.max(least, 2));
  const length = place.depth > 8 ? least : Math.min(most, Math.max(least, 1));
  return Array.from({ length }, () => generate(schema.items ?? {}, deeper(place)));
}

function generateNumber(schema: Schema, random: Random): number {
  const least = numberOr(schema.minimum, numberOr(schema.exclusiveMinimum, Number.NaN));
  const most = numberOr(schema.maximum, numberOr(schema.exclusiveMaximum, Number.NaN));
  const from = Number.isNaN(least) ? (Number.isNaN(most) ? 0 : most - 1) : least;
  const to = Number.isNaN(most) ? from + 1 : most;
  return from === to ? from : from + (to - from) * (Math.floor(random() * 98 + 1) / 100);
}

function generateInteger(schema: Schema, random: Random): number {
  const least = Math.ceil(numberOr(schema.minimum, numberOr(schema.exclusiveMinimum, Number.NaN) + 1));
  const most = Math.floor(numberOr(schema.maximum, numberOr(schema.exclusiveMaximum, Number.NaN) - 1));
  const from = Number.isNaN(least) ? (Number.isNaN(most) ? 0 : most - 9) : least;
  const to = Number.isNaN(most) ? from + 9 : most;
  return from + Math.floor(random() * (to - from + 1));
}

function generateString(schema: Schema, random: Random): string {
  const least = numberOr(schema.minLength, 0);
  const most = numberOr(schema.maxLength, Number.POSITIVE_INFINITY);
  const word = pick(['amber', 'brook', 'cedar', 'delta', 'ember', 'flint'], random) as string;
  return word.padEnd(least, '.').slice(0, most);
}

function typeOf(schema: Schema, { random, depth }: Place): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return depth > 8 && type.includes('null') ? 'null' : pick(type, random);
  if (type !== undefined) return type;
  if (schema.properties !== undefined) return 'object';
  return schema.items === undefined ? 'string' : 'array';
}

function chooseBranch(branches: readonly unknown[], { random, depth }: Place): unknown {
  const nothing = branches.find((one) => isSchema(one) && (one.type === 'null' || one.const === null));
  return depth > 8 && nothing !== undefined ? nothing : pick(branches, random);
}

function resolve(root: unknown, reference: string): unknown {
  const names = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const plain = (name: string) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  return names.map(plain).reduce<unknown>((at, name) => (isSchema(at) ? at[name] : undefined), root);
}

function deeper(place: Place): Place {
  return { ...place, depth: place.depth + 1 };
}

function pick(choices: readonly unknown[], random: Random): unknown {
  return choices[Math.floor(random() * choices.length)];
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
