import type { YamlPath } from '../source/yaml-path.ts';
import { isMap, type YamlMap } from '../yaml-map.ts';
import type { ReturnsProblem } from './expand-returns.ts';

const types = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/** Those that fields are hardly named after. */
const constraints = [
  ...['minItems', 'maxItems', 'uniqueItems', 'prefixItems', 'contains', 'additionalProperties', 'patternProperties'],
  ...['minLength', 'maxLength', 'pattern', 'format', 'const', 'oneOf', 'allOf', 'minProperties', 'maxProperties'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
];

const keywords = new Set([
  ...constraints,
  ...[
    'type',
    'items',
    'required',
    'title',
    'description',
    'default',
    'examples',
    '$schema',
    '$id',
    '$defs',
    '$comment',
  ],
]);

/**
 * True for a map that is plainly meant as a JSON Schema, though it has no word that it is known by. To be asked of what makes no sense as
 * the shorthand: fields may have such names.
 */
export function isUnmarkedSchema(value: YamlMap): boolean {
  if (!Object.keys(value).every((key) => keywords.has(key))) return false;
  const named = [value.type].flat();
  const isTyped = named.every((word) => types.includes(String(word)));
  const isForeign = Array.isArray(value.type) || value.type === 'array' || value.type === 'object';
  return constraints.some((key) => isConstraint(value[key], isTyped)) || (isTyped && isForeign);
}

/** Beside a type any value will do; alone only one that could be no type. */
const isConstraint = (value: unknown, isTyped: boolean): boolean =>
  value !== undefined && value !== null && (isTyped || typeof value !== 'string');

/** The one problem of such a map: what it was read as, and how it is written. */
export function unmarkedSchema(value: YamlMap, path: YamlPath): ReturnsProblem {
  const names = Object.keys(value);
  const fields = `the field${names.length === 1 ? '' : 's'} ${listed(names)}`;
  const short = shorthandOf(value);
  const lost = short === undefined ? [] : names.filter((name) => constraints.includes(name));
  const without = lost.length === 0 ? '' : `, without ${listed(lost)}`;
  const instead = short === undefined ? '' : `The shorthand is \`${short}\`${without}. `;
  return {
    ...('type' in value
      ? { path: [...path, 'type'], part: 'value' }
      : { path: [...path, names[0] as string], part: 'key' }),
    message: `This looks like a JSON Schema, and is read as a map with ${fields}.`,
    hint: `${instead}A full JSON Schema is known by \`properties\`, \`$ref\`, \`anyOf\` or \`enum\`: ${marked(value)}.`,
  };
}

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

function marked({ type, oneOf }: YamlMap): string {
  if (type === 'object') return 'add `properties: { … }`';
  if (oneOf !== undefined) return 'write `anyOf` in place of `oneOf`';
  const some = Array.isArray(type)
    ? `[${type.map((word) => (String(word) === 'null' ? '"null"' : word)).join(', ')}]`
    : type;
  return some === undefined ? 'write `anyOf: [{ … }]` around it' : `write \`anyOf: [{ type: ${some}, … }]\``;
}

/** Undefined where the shorthand has no word for it. */
function shorthandOf(value: unknown): string | undefined {
  if (!isMap(value)) return undefined;
  const { type, items } = value;
  if (Array.isArray(value.enum)) return choiceOf(value.enum);
  if (Array.isArray(type)) {
    const [one, ...others] = type.filter((word) => String(word) !== 'null');
    const form = others.length === 0 ? shorthandOf({ ...value, type: one }) : undefined;
    return form === undefined || type.length === 1 ? form : `${form}?`;
  }
  if (type === 'array') {
    const item = shorthandOf(items);
    return item === undefined ? undefined : `${/[|]/.test(item) ? `(${item})` : item}[]`;
  }
  return ['string', 'number', 'integer', 'boolean'].includes(type as string) ? (type as string) : undefined;
}

/** Words that need no quotes, and could be nothing else. */
const choiceOf = (choices: readonly unknown[]): string | undefined =>
  choices.length > 1 && choices.every(isPlainWord) ? choices.join(' | ') : undefined;

const isPlainWord = (choice: unknown): boolean =>
  typeof choice === 'string' && /^[a-z][\w-]*$/i.test(choice) && !types.includes(choice);
