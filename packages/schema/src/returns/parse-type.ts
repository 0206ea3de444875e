import type { JsonSchema } from '../json-schema.ts';
import { nearest } from '../suggest.ts';

/** What is wrong with a type. */
export interface TypeProblem {
  readonly message: string;
  readonly hint: string;
}

const words: Readonly<Record<string, JsonSchema>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
};

/** What others call them. */
const otherWords: Readonly<Record<string, string>> = {
  text: 'string',
  str: 'string',
  float: 'number',
  double: 'number',
  int: 'integer',
  bool: 'boolean',
  array: 'string[]',
  list: 'string[]',
};

const maxDepth = 20;

/**
 * Reads a type in the shorthand of `returns`: a word, `yes | no`, and behind it `[]` for a list or `?` for a value that may be null.
 * Parentheses group a choice: `(a | b)[]`.
 */
export function parseType(text: string, depth = 0): JsonSchema | TypeProblem {
  const type = text.trim();
  if (type === '') return problem('The type is empty.', 'Write `string`, `number[]` or `yes | no`.');
  if (depth > maxDepth) return problem(`This type is nested deeper than ${maxDepth} levels.`, '');
  const choices = splitChoices(type);
  if (!choices)
    return problem(`The parentheses of \`${shorten(type)}\` do not match.`, 'A choice is grouped as `(a | b)[]`.');
  if (choices.length > 1) return parseChoices(choices, depth);
  if (type.endsWith('[]')) return map(parseType(type.slice(0, -2), depth + 1), (items) => ({ type: 'array', items }));
  if (type.endsWith('?')) return map(parseType(type.slice(0, -1), depth + 1), nullable);
  if (isGroup(type)) return parseType(type.slice(1, -1), depth + 1);
  return (Object.hasOwn(words, type) ? words[type] : undefined) ?? unknownWord(type);
}

/** True where a type could not be read. */
export const isProblem = (schema: JsonSchema | TypeProblem): schema is TypeProblem =>
  typeof schema.message === 'string' && 'hint' in schema;

function parseChoices(choices: readonly string[], depth: number): JsonSchema | TypeProblem {
  const whole = choices.join(' | ');
  const last = choices.at(-1) as string;
  if (last.endsWith('?')) return map(parseType(`(${whole.slice(0, -1)})`, depth + 1), nullable);
  const found = choicesProblem(choices) ?? choices.map((choice) => choiceProblem(choice, choices)).find(Boolean);
  if (found) return found;
  const values = choices.filter((choice) => choice !== 'null');
  const isNumbers = values.every((choice) => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(choice));
  const schema: JsonSchema = { enum: isNumbers ? values.map(Number) : values };
  return values.length === choices.length ? schema : nullable(schema);
}

/** What is wrong with choices together. */
function choicesProblem(choices: readonly string[]): TypeProblem | undefined {
  if (choices.every((word) => word === 'true' || word === 'false')) {
    return problem('A choice is between words, and `true | false` would be two texts.', 'Write `boolean`.');
  }
  const seen = new Set<string>();
  const twice = choices.find((choice) => seen.size === seen.add(choice).size);
  return twice === undefined || twice === ''
    ? undefined
    : problem(`The choice \`${twice}\` stands there twice.`, 'Remove one.');
}

/** What is wrong with one of several choices. */
function choiceProblem(choice: string, choices: readonly string[]): TypeProblem | undefined {
  if (choice === '') return problem('A choice beside a `|` is empty.', 'Write `yes | no`.');
  if (isGroup(choice))
    return problem('Parentheses stand around a whole choice.', 'Write `(a | b)[]`, or no parentheses.');
  if (choice.endsWith('[]')) {
    const group = choices.map((word) => word.replace(/\s*\[\]$/, '')).join(' | ');
    return problem('`[]` stands behind the last word only.', `A list of these words is \`(${shorten(group)})[]\`.`);
  }
  if (choice.endsWith('?')) {
    const whole = shorten(choices.join(' | ').replaceAll('?', ''));
    return problem(
      '`?` stands behind one word only.',
      `Write \`${whole}?\`, or choices that end in \`?\` as \`enum: […]\`.`,
    );
  }
  if (!Object.hasOwn(words, choice)) return undefined;
  const isOrNull = choices.length === 2 && choices.includes('null');
  const hint = isOrNull
    ? `A ${choice} that may be null is \`${choice}?\`.`
    : 'A value of several types is a JSON Schema: `anyOf: [{ type: string }, { type: number }]`.';
  return problem(`\`${choice}\` is a type, and a choice is between words.`, hint);
}

function unknownWord(word: string): TypeProblem {
  const meant = nearest(word, Object.keys(words)) ?? (Object.hasOwn(otherWords, word) ? otherWords[word] : undefined);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : word === 'object'
      ? 'A map is written as its fields: `score: number`; a JSON Schema has `properties`, `$ref`, `anyOf` or `enum`.'
      : 'A lone word must be `string`, `number`, `integer` or `boolean`; choices are written `yes | no`.';
  return problem(`\`${shorten(word)}\` is no type.`, hint);
}

/** The same schema for a value that may be null too. */
function nullable(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema.enum))
    return schema.enum.includes(null) ? schema : { ...schema, enum: [...schema.enum, null] };
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  return schema;
}

/** The parts between the `|` that stand in no parentheses; undefined where those do not match. */
function splitChoices(type: string): readonly string[] | undefined {
  const choices = [''];
  let depth = 0;
  for (const char of type) {
    if (char === '(') depth++;
    if (char === ')' && --depth < 0) return undefined;
    if (char === '|' && depth === 0) choices.push('');
    else choices[choices.length - 1] += char;
  }
  return depth === 0 ? choices.map((choice) => choice.trim()) : undefined;
}

/** True where the first parenthesis is closed by the last. */
const isGroup = (type: string): boolean =>
  type.startsWith('(') && type.endsWith(')') && splitChoices(type.slice(1, -1)) !== undefined;

const map = (schema: JsonSchema | TypeProblem, change: (schema: JsonSchema) => JsonSchema): JsonSchema | TypeProblem =>
  isProblem(schema) ? schema : change(schema);

const problem = (message: string, hint: string): TypeProblem => ({ message, hint });

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
