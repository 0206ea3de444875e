import type { ExpressionChecker, Reads } from '../expressions/check-expressions.ts';
import type { Scope } from '../expressions/scope.ts';
import type { JsonSchema } from '../json-schema.ts';
import { schemaAt } from '../shape/schema-at.ts';
import { modifiersSchema } from '../shape/step-schema.ts';
import { isMap } from '../yaml-map.ts';
import type { StepScopes } from './step-scopes.ts';
import type { TypedStep } from './type-steps.ts';

/** What the expressions of a step read. */
export interface StepReads {
  readonly all: readonly Reads[];
  /** Of those, what the step reads of others: not its own value, item or index. */
  readonly names: ReadonlySet<string>;
  /** Of those, the ones that must have a value. */
  readonly needed: ReadonlySet<string>;
  /** What makes the text that a model gets differ from row to row. */
  readonly asked: ReadonlySet<string>;
}

/** Keys that say what a model is asked, and how. */
const askedKeys = ['model', 'system', 'options', 'think', 'images', 'keep_alive'] as const;

/** Checks every expression of a step. */
export function checkStepExpressions(
  step: TypedStep,
  scopes: StepScopes,
  checkerOf: (scope: Scope) => ExpressionChecker,
): StepReads {
  const { id, kinds, value, item } = step;
  const at = (
    scope: Scope,
    keys: readonly string[],
    part: unknown,
    expected: Parameters<ExpressionChecker>[2],
  ): Reads => (part === undefined ? nothing : checkerOf(scope)(['steps', id, ...keys], part, expected));
  const condition = (scope: Scope, keys: readonly string[], part: unknown): Reads =>
    typeof part === 'string' ? at(scope, keys, part, 'condition') : nothing;
  const schemaOf = (key: string): JsonSchema | 'any' => schemaAt(modifiersSchema, [key]) ?? 'any';

  const list = at(scopes.whole, ['for'], value.for, typeof value.for === 'string' ? 'list' : 'any');
  const bodies = kinds.map((kind) => at(scopes.asked, [kind], value[kind], bodySchema(step, kind)));
  const modifiers = askedKeys.map((key) => {
    const isPossible = key !== 'options' || isMap(value[key]); // its shape was told before
    return at(scopes.asked, [key], isPossible ? value[key] : undefined, schemaOf(key));
  });
  const when = condition(scopes.when, ['when'], value.when);
  const until = isMap(value.repeat) ? value.repeat.until : undefined;
  const answered = [
    condition(scopes.answered, ['ensure'], value.ensure),
    condition(scopes.answered, ['repeat', 'until'], until),
  ];
  const use = isMap(value.on_error) ? at(scopes.whole, ['on_error', 'use'], value.on_error.use, 'any') : nothing;
  const expect = at(scopes.expected, ['expect'], value.expect, 'any');

  const own = item === undefined ? new Set<string>() : new Set(['item', 'index']);
  const inside = without(namesOf([when, ...bodies, ...modifiers]), own);
  const looked = without(namesOf(answered), new Set([...own, id]));
  // What stands in for a failed step may say why it failed.
  const ofUse = [...use.names].filter((name) => name !== id || use.needed.has(name));
  return {
    all: [list, ...bodies, ...modifiers, when, ...answered, use, expect],
    names: new Set([...list.names, ...inside, ...looked, ...ofUse]),
    needed: new Set([list, ...bodies, ...modifiers, when, use].flatMap(({ needed }) => [...needed])),
    asked: new Set([...list.names, ...without(namesOf([...bodies, ...modifiers]), own)]),
  };
}

const nothing: Reads = { names: new Set(), needed: new Set(), sound: true };

function bodySchema({ kind }: TypedStep, key: string): JsonSchema | 'any' {
  return kind?.kind === key ? kind.schema : 'any';
}

const namesOf = (reads: readonly Reads[]): ReadonlySet<string> => new Set(reads.flatMap(({ names }) => [...names]));

const without = (names: ReadonlySet<string>, own: ReadonlySet<string>): readonly string[] =>
  [...names].filter((name) => !own.has(name));
