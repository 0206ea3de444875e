import { getConformanceSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import { createLanguage } from '../../src/expressions/language.ts';
import type { Names } from '../../src/expressions/names.ts';
import type { ValueType } from '../../src/expressions/value-type.ts';

const suite = getConformanceSuite();

/** A test of CEL's conformance data, as its authors wrote it. */
type SimpleTest = (typeof suite)['suites'][number]['tests'][number]['original'];
type CelValue = Extract<SimpleTest['resultMatcher'], { readonly case: 'value' }>['value'];
type CelType = NonNullable<
  Extract<SimpleTest['typeEnv'][number]['declKind'], { readonly case: 'ident' }>['value']['type']
>;

/** One test with its place in the data. */
export interface Conformance {
  /** As `lists/index/zero_based`; the second one of a name ends in `#2`. */
  readonly id: string;
  readonly test: SimpleTest;
}

/** The tests of each section of the data, by its name. */
export const sections: ReadonlyMap<string, readonly Conformance[]> = new Map(
  suite.suites.map(({ name, suites }) => [
    name,
    suites.flatMap((group) => {
      const ids = new Map<string, number>();
      return group.tests.map(({ original }) => {
        const count = (ids.get(original.name) ?? 0) + 1;
        ids.set(original.name, count);
        const own = count === 1 ? original.name : `${original.name}#${count}`;
        return { id: `${name}/${group.name}/${own}`, test: original };
      });
    }),
  ]),
);

const language = createLanguage();

/** How the outcome of a test differs from what the data says, in a few words; undefined where it does not. */
export function differenceOf({ test }: Conformance): string | undefined {
  const expected = expectedOf(test);
  const outcome = outcomeOf(test);
  if ('unknown' in expected) return `expects ${expected.unknown}`;
  if ('error' in expected) return 'error' in outcome ? undefined : `no error, but ${JSON.stringify(outcome.value)}`;
  if ('error' in outcome) return outcome.error;
  return isSame(outcome.value, expected.value) ? undefined : `is ${JSON.stringify(outcome.value)}`;
}

type Outcome = { readonly value: unknown } | { readonly error: string };

/** Checked and evaluated, as in a workflow. */
function outcomeOf(test: SimpleTest): Outcome {
  const { code, values } = withoutDyn(withoutUnsigned(test.expr));
  return evaluate(
    code,
    { ...namesOf(test), ...Object.fromEntries(Object.keys(values).map((name) => [name, 'dyn'])) },
    { ...valuesOf(test), ...values },
  );
}

function evaluate(code: string, names: Names, values: Readonly<Record<string, unknown>>): Outcome {
  const { problem } = language.checker(names)(code);
  if (problem) return { error: `${problem.code}: ${problem.message}` };
  try {
    return { value: language.compile(code).evaluate(values) };
  } catch (error) {
    return { error: (error as Error).message.split('\n')[0] ?? '' };
  }
}

/** `1u` is the number 1: there is one kind. */
const withoutUnsigned = (expression: string): string => expression.replaceAll(/\b(0x[\da-f]+|\d+)u\b/gi, '$1');

/** CEL's `dyn(1)` is a value of which the check knows no type: here that comes from a row, so the value goes into a name. */
function withoutDyn(expression: string): { readonly code: string; readonly values: Readonly<Record<string, unknown>> } {
  const values: Record<string, unknown> = {};
  const code = expression.replaceAll(/\bdyn\(([^()]+)\)/g, (whole, inner: string) => {
    const outcome = evaluate(inner, {}, {});
    if ('error' in outcome) return whole;
    const name = `dyn${Object.keys(values).length}`;
    values[name] = outcome.value;
    return name;
  });
  return { code, values };
}

function namesOf({ typeEnv, bindings }: SimpleTest): Names {
  const bound = Object.keys(bindings).map((name) => [name, 'dyn' as ValueType] as const);
  const declared = typeEnv.flatMap(({ name, declKind }) =>
    declKind.case === 'ident' ? [[name, typeOf(declKind.value.type)] as const] : [],
  );
  return Object.fromEntries([...bound, ...declared]);
}

/** By the number that the data gives a type: bool, int64, uint64, double, string. */
const primitives: Readonly<Record<number, ValueType>> = {
  1: 'bool',
  2: 'double',
  3: 'double',
  4: 'double',
  5: 'string',
};

function typeOf(type: CelType | undefined): ValueType {
  const kind = type?.typeKind;
  if (kind?.case === 'primitive') return primitives[kind.value] ?? 'dyn';
  if (kind?.case === 'listType') return { list: typeOf(kind.value.elemType) };
  return 'dyn';
}

function valuesOf({ bindings }: SimpleTest): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(bindings).flatMap(([name, { kind }]) =>
      kind.case === 'value' ? [[name, jsonOf(kind.value)] as const] : [],
    ),
  );
}

function expectedOf({ resultMatcher }: SimpleTest): Outcome | { readonly unknown: string } {
  switch (resultMatcher.case) {
    case undefined:
      return { value: true };
    case 'value':
      return { value: jsonOf(resultMatcher.value) };
    case 'typedResult':
      return resultMatcher.value.result ? { value: jsonOf(resultMatcher.value.result) } : { unknown: 'a type only' };
    case 'evalError':
      return { error: '' };
    default:
      return { unknown: resultMatcher.case };
  }
}

/** A value that JSON has none for: never the same as another. */
const noJson = Symbol('no JSON');

function jsonOf({ kind }: CelValue): unknown {
  switch (kind.case) {
    case 'int64Value':
    case 'uint64Value':
      return Number(kind.value);
    case 'doubleValue':
    case 'stringValue':
    case 'boolValue':
      return kind.value;
    case 'nullValue':
      return null;
    case 'listValue':
      return kind.value.values.map(jsonOf);
    case 'mapValue':
      return Object.fromEntries(
        kind.value.entries.map(({ key, value }) => [String(key && jsonOf(key)), value && jsonOf(value)]),
      );
    default:
      return noJson;
  }
}

function isSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return left === right;
  }
  const [names, others] = [Object.keys(left), Object.keys(right)];
  return (
    Array.isArray(left) === Array.isArray(right) &&
    names.length === others.length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        isSame((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
    )
  );
}
