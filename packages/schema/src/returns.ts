import type { JsonSchema } from './json-schema.ts';
import { nearest } from './suggest.ts';

/** What is wrong with a `returns`, and where below it. */
export interface ReturnsProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

const types: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
};

const schemaKeywords = ['properties', '$ref', 'anyOf', 'enum'];

/**
 * Expands the shorthand of `returns` to a JSON Schema: `positive | negative`, `string?` (may be null), `number[]`, nested maps.
 * A map with `properties`, `$ref`, `anyOf` or `enum` is a JSON Schema already and comes back as it is.
 */
export function expandReturns(
  value: unknown,
): { readonly schema: JsonSchema } | { readonly problems: readonly ReturnsProblem[] } {
  const problems: ReturnsProblem[] = [];
  const schema = expand(value, [], problems);
  return problems.length === 0 ? { schema } : { problems };
}

function expand(value: unknown, path: readonly string[], problems: ReturnsProblem[]): JsonSchema {
  if (typeof value === 'string') return expandWord(value.trim(), path, problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({
      path,
      message: `${JSON.stringify(value)} is no type.`,
      hint: 'Write `string`, `number[]`, `yes | no`, or a map of them.',
    });
    return {};
  }
  if (schemaKeywords.some((keyword) => keyword in value)) return value as JsonSchema;
  const properties = Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, expand(field, [...path, name], problems)]),
  );
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function expandWord(word: string, path: readonly string[], problems: ReturnsProblem[]): JsonSchema {
  if (word.endsWith('[]'))
    return { type: 'array', items: expandWord(withoutParentheses(word.slice(0, -2)), path, problems) };
  if (word.endsWith('?')) return nullable(expandWord(withoutParentheses(word.slice(0, -1)), path, problems));
  if (word.includes('|'))
    return expandChoice(
      word.split('|').map((choice) => choice.trim()),
      path,
      problems,
    );
  const type = Object.hasOwn(types, word) ? types[word] : undefined;
  if (type) return type;
  const near = nearest(word, Object.keys(types));
  problems.push({
    path,
    message: `\`${word}\` is no type.`,
    hint: near
      ? `Did you mean \`${near}\`?`
      : 'A lone word must be `string`, `number`, `integer` or `boolean`; choices are written `yes | no`.',
  });
  return {};
}

function expandChoice(choices: readonly string[], path: readonly string[], problems: ReturnsProblem[]): JsonSchema {
  if (choices.includes('')) {
    problems.push({ path, message: 'A choice between two `|` is empty.', hint: 'Write `yes | no`.' });
    return {};
  }
  const words = choices.filter((choice) => choice !== 'null');
  const numbers = words.every((choice) => /^-?\d+(\.\d+)?$/.test(choice));
  const schema: JsonSchema = { enum: numbers ? words.map(Number) : words };
  return words.length === choices.length ? schema : nullable(schema);
}

function nullable(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema.enum)) return { enum: [...schema.enum, null] };
  return typeof schema.type === 'string'
    ? { ...schema, type: [schema.type, 'null'] }
    : { anyOf: [schema, { type: 'null' }] };
}

const withoutParentheses = (word: string): string => word.trim().replace(/^\((.*)\)$/, '$1');
