import type { Columns } from '../workflow.ts';
import { isMap } from '../yaml-map.ts';
import type { ValueType } from './value-type.ts';

/** The names that an expression may read at its place, with their types. */
export type Names = Readonly<Record<string, ValueType>>;

const inputTypes: ReadonlyMap<unknown, ValueType> = new Map<unknown, ValueType>([
  ['string', 'string'],
  ['number', 'double'],
  ['boolean', 'bool'],
]);

/** The type of a declared input or column; `dyn` where the declaration is wrong. */
export const declaredType = (type: unknown): ValueType => inputTypes.get(type) ?? 'dyn';

/** What any expression may read. */
export function inputNames(inputs: Readonly<Record<string, unknown>>): Names {
  const fields = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, declaredType(isMap(input) ? input.type : undefined)]),
  );
  return { inputs: { fields } };
}

/** What a row's own expressions may read: `inputs`, and `row` where there is an `each`. */
export function rowNames(inputs: Names, columns: Columns | 'unknown' | 'none'): Names {
  if (columns === 'none') return inputs;
  return { ...inputs, row: columns === 'unknown' ? 'dyn' : { fields: columns } };
}

const stepFacts: ValueType = {
  fields: {
    status: { choices: ['ok', 'skipped'] },
    thinking: 'string',
    usage: 'dyn',
    messages: 'dyn',
    error: 'dyn',
  },
};

/** What steps and `save` may read: the row's names, its `key` and `index`, and the steps of the row. */
export function stepNames(row: Names, values: ReadonlyMap<string, ValueType>): Names {
  const facts = Object.fromEntries([...values.keys()].map((id) => [id, stepFacts]));
  return { ...Object.fromEntries(values), ...placeNames(row), ...row, steps: { fields: facts } };
}

/** The key of a row and its number. */
export const placeNames = (row: Names): Names => ('row' in row ? { key: 'string', index: 'double' } : {});
