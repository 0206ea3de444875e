import type { Environment } from '@marcbachmann/cel-js';
import { celWords } from '../shape/reserved-names.ts';
import type { Names } from './names.ts';
import type { ValueType } from './value-type.ts';

/** Declares names with their types; maps with known fields become types of their own, named so that no field's name is in them. */
export function declareNames(environment: Environment, names: Names): Environment {
  const typeOf = celTypes(environment);
  for (const [name, type] of Object.entries(names)) {
    // A step has such a name by mistake, which is told elsewhere.
    if (celWords.has(name) || environment.hasVariable(name)) continue;
    environment.registerVariable(name, typeOf(type));
  }
  return environment;
}

/** Finds CEL's name for a type; registers each map once, since all steps share what is known of a step. */
function celTypes(environment: Environment): (type: ValueType) => string {
  const registered = new Map<ValueType, string>();
  const typeOf = (type: ValueType): string => {
    if (typeof type === 'string') return type;
    if ('nullable' in type) return typeOf(type.nullable);
    if ('choices' in type) return 'string';
    if ('list' in type) {
      const item = typeOf(type.list);
      return item === 'dyn' ? 'list' : `list<${item}>`;
    }
    const known = registered.get(type);
    if (known !== undefined) return known;
    const fields = Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, typeOf(field)]));
    const own = `Fields${registered.size}`;
    registered.set(type, own);
    environment.registerType(own, { fields });
    // Only checked with, never evaluated.
    for (const operator of [`${own} == null`, `string in ${own}`]) environment.registerOperator(operator, () => false);
    return own;
  };
  return typeOf;
}

/** Whether a type in a message of cel-js is one of ours for a map. */
export const fieldsTypePattern = /\bFields\d+\b/g;
