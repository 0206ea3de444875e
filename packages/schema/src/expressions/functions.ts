import type { Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { twinName } from './json-numbers.ts';

/** Adds the functions of the language to a CEL environment; docs/expressions.md lists them. */
export function registerFunctions(environment: Environment): Environment {
  registerNumbers(environment);
  registerText(environment);
  return environment
    .registerFunction('default(dyn, dyn): dyn', (value: unknown, otherwise: unknown) => value ?? otherwise)
    .registerFunction('json(dyn): string', (value: unknown) => JSON.stringify(value))
    .registerFunction('lines(string): list<string>', (text: string) => text.split(/\r?\n/))
    .registerOperator('double % double', (left: number, right: number) => left % right);
}

function registerNumbers(environment: Environment): void {
  const size = (value: string | readonly unknown[] | object): number => {
    if (typeof value === 'string') return [...value].length;
    return Array.isArray(value) ? value.length : Object.keys(value).length;
  };
  for (const type of ['string', 'list', 'map']) {
    environment.registerFunction(`${twinName('size')}(${type}): double`, size);
    environment.registerFunction(`${type}.${twinName('size')}(): double`, size);
  }
  environment.registerFunction(`${twinName('int')}(double): double`, Math.trunc);
  environment.registerFunction(`${twinName('int')}(string): double`, (text: string) => wholeNumber(text));
}

function wholeNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new TypeError(`"${text}" is not a whole number`);
  return Number(text);
}

function registerText(environment: Environment): void {
  environment.registerFunction(`string.${twinName('indexOf')}(string): double`, (text: string, part: string) =>
    text.indexOf(part),
  );
  environment.registerFunction(
    `string.${twinName('indexOf')}(string, double): double`,
    (text: string, part: string, from: number) => text.indexOf(part, from),
  );
  environment.registerFunction(`string.${twinName('lastIndexOf')}(string): double`, (text: string, part: string) =>
    text.lastIndexOf(part),
  );
  environment.registerFunction(`string.${twinName('substring')}(double): string`, (text: string, start: number) =>
    text.slice(start),
  );
  environment.registerFunction(
    `string.${twinName('substring')}(double, double): string`,
    (text: string, start: number, end: number) => text.slice(start, end),
  );
  environment.registerFunction(`string.${twinName('matches')}(string): bool`, (text: string, pattern: string) =>
    RE2JS.compile(pattern).matcher(text).find(),
  );
}
