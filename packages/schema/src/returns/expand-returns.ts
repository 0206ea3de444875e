import type { JsonSchema } from '../json-schema.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { isMap, type YamlMap } from '../yaml-map.ts';
import { jsonSchemaProblems } from './json-schema-problems.ts';
import { isProblem, parseType } from './parse-type.ts';
import { isUnmarkedSchema, unmarkedSchema } from './unmarked-schema.ts';

/** What is wrong with a `returns`, and where below it. */
export interface ReturnsProblem {
  readonly path: YamlPath;
  /** Whether it is the key at the path, or its value. */
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

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

function expand(value: unknown, path: YamlPath, problems: ReturnsProblem[]): JsonSchema {
  const refuse = (message: string, hint: string): JsonSchema => {
    problems.push({ path, part: 'value', message, hint });
    return {};
  };
  if (typeof value === 'string') {
    const type = parseType(value);
    return isProblem(type) ? refuse(type.message, type.hint) : type;
  }
  if (Array.isArray(value)) return refuse('A list is no type.', hintForList(value));
  if (!isMap(value)) {
    const what = value === null ? 'This field has no type.' : `\`${value}\` is no type.`;
    return refuse(what, 'Write `string`, `number[]`, `yes | no`, or a map of them.');
  }
  if (schemaKeywords.some((keyword) => Object.hasOwn(value, keyword))) {
    problems.push(...jsonSchemaProblems(value).map((problem) => ({ ...problem, path: [...path, ...problem.path] })));
    return value;
  }
  if (Object.keys(value).length === 0)
    return refuse('A map without fields asks for nothing.', 'Write `field: string`.');
  const inner: ReturnsProblem[] = [];
  const schema = expandFields(value, path, inner);
  problems.push(...(inner.length > 0 && isUnmarkedSchema(value) ? [unmarkedSchema(value, path)] : inner));
  return schema;
}

function expandFields(fields: YamlMap, path: YamlPath, problems: ReturnsProblem[]): JsonSchema {
  const properties = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const place = [...path, name];
      if (name.endsWith('?')) {
        const hint = `Write \`${name.slice(0, -1)}: ${typeof field === 'string' ? field : 'string'}?\`.`;
        problems.push({ path: place, part: 'key', message: '`?` stands behind the type, not the name.', hint });
      }
      if (name === '__proto__') problems.push({ path: place, part: 'key', ...unreadableField });
      return [name, expand(field, place, problems)];
    }),
  );
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** A name that JSON Schema's validator passes over. */
export const unreadableField = {
  message: '`__proto__` cannot be the name of a field.',
  hint: 'Choose another.',
} as const;

function hintForList(list: readonly unknown[]): string {
  const words = list.filter((item) => typeof item === 'string' || typeof item === 'number');
  if (words.length === 0 || words.length < list.length) return 'A list of texts is `string[]`.';
  return words.length === 1
    ? `Write \`${words[0]}[]\`.`
    : `A choice is \`${words.join(' | ')}\`, a list of them \`(${words.join(' | ')})[]\`.`;
}
