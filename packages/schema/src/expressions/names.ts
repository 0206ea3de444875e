import type { StepReturns } from '../returns/check-returns.ts';
import type { Columns } from '../workflow.ts';
import { isMap } from '../yaml-map.ts';
import { typeOfSchema, type ValueType } from './value-type.ts';

/** The names that an expression may read at its place, with their types. */
export type Names = Readonly<Record<string, ValueType>>;

const inputTypes: ReadonlyMap<unknown, ValueType> = new Map<unknown, ValueType>([
  ['string', 'string'],
  ['number', 'double'],
  ['boolean', 'bool'],
]);

/** The type of a declared input or column; `dyn` where the declaration is wrong. */
export const declaredType = (type: unknown): ValueType => inputTypes.get(type) ?? 'dyn';

/** What a row's own expressions may read: `inputs`, and `row` where there is an `each`. */
export function rowNames(inputs: Readonly<Record<string, unknown>>, columns: Columns | 'unknown' | 'none'): Names {
  const fields = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, declaredType(isMap(input) ? input.type : undefined)]),
  );
  const names: Record<string, ValueType> = { inputs: { fields } };
  if (columns !== 'none') names.row = columns === 'unknown' ? 'dyn' : { fields: columns };
  return names;
}

const stepFacts: ValueType = {
  fields: { status: { choices: ['ok', 'skipped'] }, thinking: 'string', usage: 'dyn', messages: 'dyn', error: 'dyn' },
};

/** What steps and `save` may read: the row's names, its `key` and `index`, and every step. */
export function stepNames(row: Names, steps: ReadonlyMap<string, StepReturns>): Names {
  const values = [...steps].map(([id, returns]) => [id, typeOfStep(returns)] as const);
  const facts = Object.fromEntries([...steps.keys()].map((id) => [id, stepFacts]));
  return { ...Object.fromEntries(values), ...placeNames(row), ...row, steps: { fields: facts } };
}

/** What the `expect` of a step may read: a label is known before the model answers. */
export const expectNames = (row: Names, id: string, returns: StepReturns): Names => ({
  [id]: typeOfStep(returns),
  ...placeNames(row),
  ...row,
});

const placeNames = (row: Names): Names => ('row' in row ? { key: 'string', index: 'double' } : {});

function typeOfStep(returns: StepReturns): ValueType {
  if (returns === undefined) return 'string';
  return returns === 'unknown' ? 'dyn' : typeOfSchema(returns);
}
