import type { UnknownName } from '../expressions/explain-name.ts';
import type { Language } from '../expressions/language.ts';
import { type Names, placeNames, stepNames } from '../expressions/names.ts';
import { createNarrowScopes, type Scope, sharedScope, widened } from '../expressions/scope.ts';
import type { ValueType } from '../expressions/value-type.ts';
import { isName } from '../shape/reserved-names.ts';
import type { TypedStep } from './type-steps.ts';

/** What the expressions of a step may read, by their place in it. */
export interface StepScopes {
  /** What decides about the step as a whole: `for`, `on_error`. */
  readonly whole: Scope;
  /** `when`: within a `for`, of each item. */
  readonly when: Scope;
  /** What the model is asked, and how. */
  readonly asked: Scope;
  /** What looks at the value of one run: `ensure`, `repeat.until`. */
  readonly answered: Scope;
  /** A label that is known before there is an answer. */
  readonly expected: Scope;
}

/** The scopes of all steps. */
export interface AllScopes {
  /** What steps and `save` may read of a row. */
  readonly row: Scope;
  of(step: TypedStep): StepScopes;
  /** With the type of what a reduce groups by. */
  ofReduce(step: TypedStep, group: ValueType | undefined): StepScopes;
}

/** Makes the scopes of the steps of one file. */
export function createStepScopes(
  language: Language,
  inputs: Names,
  row: Names,
  steps: readonly TypedStep[],
): AllScopes {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const readable = steps.filter(({ id, isReduce }) => isName(id) && !isReduce);
  const explain = (name: string): UnknownName | undefined =>
    byId.get(name)?.isReduce
      ? { hint: `\`${name}\` runs after all rows (\`over\`), so that no row can read it.` }
      : undefined;
  const shared = sharedScope(language, stepNames(row, new Map(readable.map(({ id, type }) => [id, type]))), explain);
  const narrow = createNarrowScopes(language);

  return {
    row: shared,
    of: ({ id, item, element, value }) => {
      const fanOut: Names = item === undefined ? {} : { item, index: 'double' };
      const before: Names = value.repeat === undefined ? {} : { previous: { nullable: element } };
      // Without a `for` its value is what its readers see, and declared already.
      const own: Names = item === undefined || !isName(id) ? {} : { [id]: element };
      return {
        whole: shared,
        when: widened(shared, fanOut, narrow, explain),
        asked: widened(shared, { ...fanOut, ...before }, narrow, explain),
        answered: widened(shared, { ...fanOut, ...before, ...own }, narrow, explain),
        expected: narrow(row, { ...placeNames(row), ...ownName(id, byId.get(id)?.type ?? element) }),
      };
    },
    ofReduce: ({ id, element, value }, group) => {
      const over = byId.get(String(value.over));
      const items: Names = { items: { list: over?.element ?? 'dyn' }, ...(group !== undefined && { group }) };
      const before: Names = value.repeat === undefined ? {} : { previous: { nullable: element } };
      const explainReduce = (name: string): UnknownName | undefined => explainInReduce(name, byId);
      const scope = (own: Names): Scope => narrow(inputs, { ...items, ...own }, explainReduce);
      const [asked, answered] = [scope(before), scope({ ...before, ...ownName(id, element) })];
      return { whole: scope({}), when: scope({}), asked, answered, expected: scope(ownName(id, element)) };
    },
  };
}

const ownName = (id: string, type: ValueType): Names => (isName(id) ? { [id]: type } : {});

function explainInReduce(name: string, steps: ReadonlyMap<string, TypedStep>): UnknownName | undefined {
  if (name === 'group') return { hint: 'It is known with `group_by:`.' };
  if (!['row', 'key', 'index', 'steps', 'item'].includes(name) && !steps.has(name)) return undefined;
  return { hint: 'A reduce runs after all rows: it reads `items`, `group` and `inputs`.' };
}
