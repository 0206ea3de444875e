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

/** Finds CEL's name for a type; registers maps of the same fields once, since that is the costly part. */
function celTypes(environment: Environment): (type: ValueType) => string {
  const names = new Map<ValueType, string>();
  const byFields = new Map<string, string>();
  const typeOf = (type: ValueType): string => {
    if (typeof type === 'string') return type;
    if ('nullable' in type) return typeOf(type.nullable);
    if ('choices' in type) return 'string';
    if ('list' in type) {
      const item = typeOf(type.list);
      return item === 'dyn' ? 'list' : `list<${item}>`;
    }
    const name = names.get(type) ?? register(type.fields);
    names.set(type, name);
    return name;
  };
  const register = (own: Readonly<Record<string, ValueType>>): string => {
    const fields = Object.fromEntries(Object.entries(own).map(([name, field]) => [name, typeOf(field)]));
    const key = JSON.stringify(Object.entries(fields));
    const known = byFields.get(key);
    if (known !== undefined) return known;
    const type = `Fields${byFields.size}`;
    byFields.set(key, type);
    environment.registerType(type, { fields });
    // Only checked with, never evaluated.
    for (const operator of [`${type} == null`, `string in ${type}`])
      environment.registerOperator(operator, () => false);
    return type;
  };
  return typeOf;
}

/** Whether a type in a message of cel-js is one of ours for a map. */
export const fieldsTypePattern = /\bFields\d+\b/g;
