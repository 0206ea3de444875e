import type { Environment } from '@marcbachmann/cel-js';
import { createPatternCache } from '../linear-reg-exp.ts';
import { codePointText } from './code-points.ts';
import { registerDefault } from './default-macro.ts';
import { twinName } from './json-numbers.ts';
import { plainJson } from './plain-json.ts';
import { truncate } from './truncate.ts';

/** Adds the functions of the language to a CEL environment. */
export function registerFunctions(environment: Environment): Environment {
  registerNumbers(environment);
  registerPlaces(environment);
  registerDefault(environment);
  const patternOf = createPatternCache();
  return environment
    .registerFunction('json(dyn): string', (value: unknown) => JSON.stringify(plainJson(value)))
    .registerFunction('lines(string): list<string>', (text: string) => text.split(/\r?\n/))
    .registerFunction('truncate(string, double): string', truncate)
    .registerFunction(`string.${twinName('matches')}(string): bool`, (text: string, pattern: string) =>
      patternOf(pattern).test(text),
    )
    .registerOperator('double % double', (left: number, right: number) => left % right);
}

function registerNumbers(environment: Environment): void {
  const size = (value: string | readonly unknown[] | ReadonlyMap<unknown, unknown> | object): number => {
    if (typeof value === 'string') return codePointText(value).length;
    if (Array.isArray(value)) return value.length;
    return value instanceof Map ? value.size : Object.keys(value).length;
  };
  for (const type of ['string', 'list', 'map']) {
    environment.registerFunction(`${twinName('size')}(${type}): double`, size);
    environment.registerFunction(`${type}.${twinName('size')}(): double`, size);
  }
  environment.registerFunction(`${twinName('int')}(double): double`, Math.trunc);
  environment.registerFunction(`${twinName('int')}(string): double`, (text: string) =>
    numberIn(text, /^[+-]?\d+$/, 'whole number'),
  );
  environment.registerFunction(`${twinName('double')}(double): double`, (value: number) => value);
  environment.registerFunction(`${twinName('double')}(string): double`, (text: string) =>
    numberIn(text, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'number'),
  );
}

function numberIn(text: string, form: RegExp, what: string): number {
  const trimmed = text.trim();
  if (!form.test(trimmed)) throw new TypeError(`${JSON.stringify(text)} is no ${what}`);
  return Number(trimmed);
}

/** Functions that count places in a text; as `size`, in characters. */
function registerPlaces(environment: Environment): void {
  const add = (signature: string, call: (...parameters: never[]) => unknown): void => {
    environment.registerFunction(`string.${signature}`, call as (...parameters: unknown[]) => unknown);
  };
  for (const name of ['indexOf', 'lastIndexOf'] as const) {
    add(`${twinName(name)}(string): double`, (text: string, part: string) => codePointText(text)[name](part));
    add(`${twinName(name)}(string, double): double`, (text: string, part: string, from: number) =>
      codePointText(text)[name](part, from),
    );
  }
  add(`${twinName('substring')}(double): string`, (text: string, start: number) => codePointText(text).slice(start));
  add(`${twinName('substring')}(double, double): string`, (text: string, start: number, end: number) =>
    codePointText(text).slice(start, end),
  );
  add(`${twinName('split')}(string): list<string>`, partsOf);
  add(`${twinName('split')}(string, double): list<string>`, splitAtMost);
}

/** Between all characters where there is no separator. */
const partsOf = (text: string, separator: string): string[] =>
  separator === '' ? Array.from(text) : text.split(separator);

/** The last part holds what is left. */
function splitAtMost(text: string, separator: string, most: number): string[] {
  const parts = partsOf(text, separator);
  if (most < 0 || parts.length <= most) return parts;
  if (most < 1) return [];
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}
