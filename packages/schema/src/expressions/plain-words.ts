import { fieldsTypePattern } from './declare-names.ts';
import { withoutTwinNames } from './json-numbers.ts';

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  double: 'a number',
  int: 'a number',
  bool: '`true` or `false`',
  list: 'a list',
  map: 'a map',
  null: '`null`',
  type: 'a type',
  dyn: 'a value',
};

/** A type of CEL in plain words. */
export function plainType(celType: string): string {
  const type = withoutDyn(celType);
  const known = words[type];
  if (known) return known;
  if (type.startsWith('list<')) return 'a list';
  return type.startsWith('map<') || new RegExp(`^${fieldsTypePattern.source}$`).test(type) ? 'a map' : `a \`${type}\``;
}

/** CEL writes `dyn<T>` for a type that was only known when the expression ran. */
const withoutDyn = (type: string): string => /^dyn<(.*)>$/.exec(type)?.[1] ?? type;

/**
 * What cel-js says of a mistake, in plain words without the full stop; the same mistakes are found by a check, and for values of
 * unknown types when the expression runs.
 */
export function plainReason(text: string): string {
  const operator = /^no such overload: (.+) (==|!=|in|[-+*/%<>]=?) (.+)$/.exec(text);
  if (operator) return operatorReason(operator[2] as string, operator[1] as string, operator[3] as string);
  const unary = /^no such overload: ([-!])(.+)$/.exec(text);
  if (unary) return `\`${unary[1]}\` cannot stand before ${plainType(unary[2] as string)}`;
  const call = /^found no matching overload for '(?:([^(]*)\.)?(\w+)\((.*)\)'$/.exec(text);
  if (call) return callReason(withoutTwinNames(call[2] as string), call[1], call[3] as string);
  const operand = /^Logical operator requires bool operands, got '(.+)'$/.exec(text);
  if (operand) return `\`&&\` and \`||\` take \`true\` or \`false\`, and this is ${plainType(operand[1] as string)}`;
  const condition = /must (?:be|return) bool, got '(.+)'$/.exec(text);
  if (condition) return `the condition must be \`true\` or \`false\`, and is ${plainType(condition[1] as string)}`;
  const branches = /^Ternary branches must have the same type, got '(.+)' and '(.+)'$/.exec(text);
  if (branches) return `both sides of the \`:\` must have one type, and are ${pair(branches[1], branches[2])}`;
  const access = /^Cannot index type '(.+)'$/.exec(text);
  if (access) return `${plainType(access[1] as string)} has no fields`;
  const range = /^Expression of type '(.+)' cannot be range/.exec(text);
  if (range) return `this works on a list, and this is ${plainType(range[1] as string)}`;
  const index = /^List index must be int, got '(.+)'$/.exec(text);
  if (index) {
    const found = index[1] === 'double' ? 'a fraction' : plainType(index[1] as string);
    return `the items of a list are counted by whole numbers, and this is ${found}`;
  }
  const place = /^No such key: index out of bounds, index (.+) (?:>= size (\d+)|< 0)$/.exec(text);
  if (place) return `there is no item ${place[1]}${place[2] === undefined ? '' : ` in a list of ${place[2]}`}`;
  const bool = /^bool\(\) conversion error: invalid string value (.*)$/s.exec(text);
  if (bool) return `${bool[1]} is neither \`true\` nor \`false\``;
  if (text === 'string.join(): list must contain only strings') return noTexts;

  const key = /^No such key: (.*)$/s.exec(text);
  if (key && !key[1]?.startsWith('index out of bounds')) return `there is no \`${key[1]}\``;
  const name = /^Unknown variable: (.*)$/.exec(text);
  if (name) return `\`${name[1]}\` has no value yet`;
  return lowerFirst(text.replaceAll(fieldsTypePattern, 'map').replace('No such key: ', ''));
}

/** The same as a sentence. */
export function plainSentence(text: string): string {
  const reason = plainReason(text);
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

function operatorReason(operator: string, left: string, right: string): string {
  const both = pair(left, right);
  if (/[=<>]/.test(operator)) return `${both} cannot be compared with \`${operator}\``;
  return operator === 'in'
    ? `${plainType(left)} cannot be \`in\` ${plainType(right)}`
    : `\`${operator}\` does not work on ${both}`;
}

const noTexts =
  '`join` takes a list of texts, and not every item is one: make them texts with `list.map(x, string(x))`';

function callReason(name: string, receiver: string | undefined, args: string): string {
  if (name === 'join' && args !== 'list' && receiver?.startsWith('list')) return noTexts;
  const on = receiver === undefined ? '' : ` on ${plainType(receiver)}`;
  const given = splitTypes(args).map(plainType).join(', ');
  return `\`${name}\` cannot be called${on}${given === '' ? '' : ` with ${given}`}`;
}

/** Types with a comma between them, which may hold commas themselves: `map<string, int>, string`. */
const splitTypes = (types: string): string[] => (types === '' ? [] : types.split(/,\s*(?![^<]*>)/));

const pair = (left = '', right = ''): string => `${plainType(left)} and ${plainType(right)}`;

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
