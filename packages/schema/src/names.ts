import type { Names } from './expressions/language.ts';
import { typeOfSchema, type ValueType } from './expressions/value-type.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Columns, InputDeclaration } from './workflow.ts';

const inputTypes = { string: 'string', number: 'double', boolean: 'bool' } as const;

/** The type of a declared input or column. */
export const declaredType = (type: InputDeclaration['type'] | undefined): ValueType =>
  (type && inputTypes[type]) ?? 'dyn';

/** What a row's own expressions may read: `inputs`, and `row` where there is an `each`. */
export function rowNames(
  inputs: Readonly<Record<string, Partial<InputDeclaration>>>,
  columns: Columns | 'unknown' | 'none',
): Names {
  const fields = Object.fromEntries(Object.entries(inputs).map(([name, { type }]) => [name, declaredType(type)]));
  const names: Record<string, ValueType> = { inputs: { fields } };
  if (columns !== 'none') names.row = columns === 'unknown' ? 'dyn' : { fields: columns };
  return names;
}

const stepFacts: ValueType = {
  fields: { status: 'string', thinking: 'string', usage: 'dyn', messages: 'dyn', error: 'dyn' },
};

/** What steps and `save` may read: the row's names, its `key` and `index`, and every step. */
export function stepNames(row: Names, steps: ReadonlyMap<string, JsonSchema | undefined>): Names {
  const values = [...steps].map(([id, returns]) => [id, returns ? typeOfSchema(returns) : 'string'] as const);
  const facts = Object.fromEntries([...steps.keys()].map((id) => [id, stepFacts]));
  const place = 'row' in row ? ({ key: 'string', index: 'double' } as const) : {};
  return { ...Object.fromEntries(values), ...place, ...row, steps: { fields: facts } };
}
