/** How functions are called; docs/expressions.md says what they do. Expressions can call no others. */
export const functionForms = {
  default: ['default(value, otherwise)'],
  has: ['has(value.field)'],
  json: ['json(value)'],
  type: ['type(value)'],
  string: ['string(value)'],
  double: ['double(text)'],
  int: ['int(number)', 'int(text)'],
  bool: ['bool(text)'],
  size: ['size(text)', 'size(list)', 'size(map)'],
  lines: ['lines(text)'],
  contains: ['text.contains(part)'],
  startsWith: ['text.startsWith(part)'],
  endsWith: ['text.endsWith(part)'],
  matches: ['text.matches(pattern)'],
  lowerAscii: ['text.lowerAscii()'],
  upperAscii: ['text.upperAscii()'],
  trim: ['text.trim()'],
  indexOf: ['text.indexOf(part)', 'text.indexOf(part, from)'],
  lastIndexOf: ['text.lastIndexOf(part)', 'text.lastIndexOf(part, from)'],
  substring: ['text.substring(start)', 'text.substring(start, end)'],
  split: ['text.split(separator)', 'text.split(separator, most)'],
  truncate: ['truncate(text, tokens)'],
  file: ['file(path)'],
  join: ['list.join()', 'list.join(separator)'],
  map: ['list.map(x, value)', 'list.map(x, condition, value)'],
  filter: ['list.filter(x, condition)'],
  exists: ['list.exists(x, condition)'],
  exists_one: ['list.exists_one(x, condition)'],
  all: ['list.all(x, condition)'],
} as const satisfies Record<string, readonly string[]>;

/** The name of a function that expressions may call. */
export type FunctionName = keyof typeof functionForms;

export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(functionForms, name);

/** What other languages call them. */
const otherNames: ReadonlyMap<string, FunctionName> = new Map([
  ['length', 'size'],
  ['len', 'size'],
  ['count', 'size'],
  ['toLowerCase', 'lowerAscii'],
  ['lower', 'lowerAscii'],
  ['lowercase', 'lowerAscii'],
  ['toUpperCase', 'upperAscii'],
  ['upper', 'upperAscii'],
  ['uppercase', 'upperAscii'],
  ['includes', 'contains'],
  ['test', 'matches'],
  ['match', 'matches'],
  ['slice', 'substring'],
  ['substr', 'substring'],
  ['read', 'file'],
  ['readFile', 'file'],
  ['load', 'file'],
  ['include', 'file'],
  ['shorten', 'truncate'],
  ['strip', 'trim'],
  ['some', 'exists'],
  ['any', 'exists'],
  ['every', 'all'],
  ['find', 'filter'],
  ['where', 'filter'],
  ['select', 'map'],
  ['number', 'double'],
  ['float', 'double'],
  ['str', 'string'],
  ['toString', 'string'],
  ['stringify', 'json'],
  ['tojson', 'json'],
  ['dumps', 'json'],
  ['coalesce', 'default'],
  ['ifnull', 'default'],
  ['typeof', 'type'],
]);

/** The function that another language knows by this name. */
export const sameFunction = (name: string): FunctionName | undefined => otherNames.get(name);

/** How a function is called, for hints. */
export const formsOf = (name: FunctionName): string => functionForms[name].map((form) => `\`${form}\``).join(' or ');

/** How a function is called on a value, as written: `size(row.text)`, `row.text.contains(part)`. */
export function callOn(name: FunctionName, value: string): string {
  const [form] = functionForms[name];
  return form.startsWith(`${name}(`) ? form.replace(/\(\w+/, () => `(${value}`) : form.replace(/^\w+/, () => value);
}
