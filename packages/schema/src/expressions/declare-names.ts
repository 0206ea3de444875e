import type { Environment } from '@marcbachmann/cel-js';
import { celWords } from '../shape/reserved-names.ts';
import type { Names } from './names.ts';
import type { ValueType } from './value-type.ts';

/** Declares names with their types; maps with known fields become types of their own, named so that no field's name is in them. */
export function declareNames(environment: Environment, names: Names): Environment {
  const counter = { value: 0 };
  for (const [name, type] of Object.entries(names)) {
    // A step has such a name by mistake, which is told elsewhere.
    if (celWords.has(name) || environment.hasVariable(name)) continue;
    environment.registerVariable(name, celType(environment, type, counter));
  }
  return environment;
}

function celType(environment: Environment, type: ValueType, counter: { value: number }): string {
  if (typeof type === 'string') return type;
  if ('nullable' in type) return celType(environment, type.nullable, counter);
  if ('choices' in type) return 'string';
  if ('list' in type) {
    const item = celType(environment, type.list, counter);
    return item === 'dyn' ? 'list' : `list<${item}>`;
  }
  const fields = Object.fromEntries(
    Object.entries(type.fields).map(([name, field]) => [name, celType(environment, field, counter)]),
  );
  const own = `Fields${counter.value++}`;
  environment.registerType(own, { fields });
  for (const operator of ['==', 'in']) {
    // Only checked with, never evaluated.
    environment.registerOperator(operator === '==' ? `${own} == null` : `string in ${own}`, () => false);
  }
  return own;
}

/** Whether a type in a message of cel-js is one of ours for a map. */
export const fieldsTypePattern = /\bFields\d+\b/g;
