import { boundType } from '../expressions/bound-type.ts';
import { inferValue } from '../expressions/infer-value.ts';
import type { Language } from '../expressions/language.ts';
import { type Names, stepNames } from '../expressions/names.ts';
import { createNarrowScopes, type NarrowScopes } from '../expressions/scope.ts';
import { typeOfSchema, type ValueType, withoutNull } from '../expressions/value-type.ts';
import { wordsRead } from '../expressions/words-read.ts';
import type { StepReturns } from '../returns/check-returns.ts';
import type { ShapedStep } from '../shape/check-step.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { orderSteps } from './step-graph.ts';

/** A step with what its value is. */
export interface TypedStep extends ShapedStep {
  /** Undefined where the file does not say exactly one. */
  readonly kind: StepKindSchema | undefined;
  /** What one run of it gives: of a step with `for`, one element. */
  readonly element: ValueType;
  /** What its readers see. */
  readonly type: ValueType;
  /** Of what it runs for one by one; undefined without `for`. */
  readonly item: ValueType | undefined;
  /** Whether it runs after all rows. */
  readonly isReduce: boolean;
}

/** What the types of steps are found with. */
export interface StepTyping {
  readonly kinds: ReadonlyMap<string, StepKindSchema>;
  readonly returns: ReadonlyMap<string, StepReturns>;
  readonly language: Language;
  /** What a row's own expressions read. */
  readonly row: Names;
}

/** Finds the type of every step's value; `dyn` where it is not known. */
export function typeSteps(steps: readonly ShapedStep[], typing: StepTyping): readonly TypedStep[] {
  const plain = steps.map((step) => plainlyTyped(step, typing));
  const narrow = createNarrowScopes(typing.language);
  const typed = new Map(plain.map((step) => [step.id, step]));
  const values = new Map(plain.filter(({ isReduce }) => !isReduce).map(({ id, type }) => [id, type]));
  // All share one map of names, which grows more exact with every step that is typed.
  const names = stepNames(typing.row, values) as Record<string, ValueType>;
  for (const step of inOrderOfReading(plain.filter((one) => isInferred(one)))) {
    const exact = inferStep(step, names, narrow);
    typed.set(step.id, exact);
    if (!step.isReduce) names[step.id] = exact.type;
  }
  return [...typed.values()];
}

function plainlyTyped(step: ShapedStep, { kinds, returns }: StepTyping): TypedStep {
  const kind = step.kinds.length === 1 ? kinds.get(step.kinds[0] as string) : undefined;
  const element = kind ? typeOfElement(kind, returns.get(step.id)) : 'dyn';
  const hasFor = step.value.for !== undefined;
  return {
    ...step,
    kind,
    element,
    type: hasFor ? { list: element } : element,
    item: hasFor ? 'dyn' : undefined,
    isReduce: step.value.over !== undefined,
  };
}

function typeOfElement({ value = 'answer' }: StepKindSchema, returns: StepReturns): ValueType {
  if (value === 'body' || returns === 'unknown') return 'dyn';
  if (value !== 'answer') return typeOfSchema(value);
  return returns === undefined ? 'string' : typeOfSchema(returns);
}

/** Whether the type of a step depends on expressions. */
const isInferred = ({ kind, item }: TypedStep): boolean => kind?.value === 'body' || item !== undefined;

/** Those in a circle are left out: they are told elsewhere, and have no type. */
function inOrderOfReading(steps: readonly TypedStep[]): readonly TypedStep[] {
  const ids = new Set(steps.map(({ id }) => id));
  const withWords = steps.map((step) => {
    const words = wordsRead([step.value.for, ...step.kinds.map((kind) => step.value[kind])]);
    return { id: step.id, step, waitsFor: [...words].filter((word) => word !== step.id && ids.has(word)) };
  });
  return orderSteps(withWords).map(({ step }) => step);
}

function inferStep(step: TypedStep, names: Names, narrow: NarrowScopes): TypedStep {
  const { kind, value } = step;
  const list = value.for === undefined ? undefined : withoutNull(boundType(inferValue(value.for, narrow(names, {}))));
  const item = list === undefined ? undefined : typeof list === 'object' && 'list' in list ? list.list : 'dyn';
  const own: Names = item === undefined ? {} : { item, index: 'double' };
  const isBody = kind?.value === 'body' && !step.isReduce;
  const element = isBody ? boundType(inferValue(value[kind.kind], narrow(names, own))) : step.element;
  return { ...step, element, item, type: item === undefined ? element : { list: element } };
}
