import { createExpressionChecker, type ExpressionChecker, type Reads } from './expressions/check-expressions.ts';
import { inferValue } from './expressions/infer-value.ts';
import type { Language } from './expressions/language.ts';
import { inputNames, type Names, rowNames } from './expressions/names.ts';
import { type Scope, sharedScope } from './expressions/scope.ts';
import type { Findings } from './findings.ts';
import type { StepReturns } from './returns/check-returns.ts';
import type { ShapedStep } from './shape/check-step.ts';
import { reservedNames } from './shape/reserved-names.ts';
import type { Source } from './source/source.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import { checkFallbacks } from './steps/check-fallbacks.ts';
import type { ReadNames } from './steps/check-graph.ts';
import { checkSplit } from './steps/check-split.ts';
import { checkStepExpressions } from './steps/check-step-expressions.ts';
import { createStepScopes } from './steps/step-scopes.ts';
import { type StandIns, stepsNamed, stepsStoodInFor } from './steps/steps-named.ts';
import { type TypedStep, typeSteps } from './steps/type-steps.ts';
import type { Columns } from './workflow.ts';
import { mapIn, type YamlMap } from './yaml-map.ts';

/** What the expressions of a file are checked against. */
export interface ExpressionScope {
  readonly source: Source;
  readonly findings: Findings;
  readonly language: Language;
  readonly columns: Columns | 'unknown' | 'none';
  readonly returns: ReadonlyMap<string, StepReturns>;
  readonly kinds: ReadonlyMap<string, StepKindSchema>;
}

/** What the expressions of a file read; `sound` tells whether all could be understood, so that what is read is known. */
export interface FileReads extends ReadNames {
  readonly sound: boolean;
  /** By step, what its prompt reads. */
  readonly asked: ReadonlyMap<string, ReadonlySet<string>>;
  readonly steps: readonly TypedStep[];
  readonly standIns: StandIns;
}

/** Checks every expression of a file. */
export function checkAllExpressions(value: YamlMap, shaped: readonly ShapedStep[], scope: ExpressionScope): FileReads {
  const { source, findings, language, columns } = scope;
  const inputs = inputNames(mapIn(value.inputs) ?? {});
  const row = rowNames(inputs, columns);
  const checkerOf = (place: Scope): ExpressionChecker => createExpressionChecker(source, findings, place);
  const all: Reads[] = checkEach(mapIn(value.each) ?? {}, checkerOf(sharedScope(language, row)));

  const steps = typeSteps(shaped, { ...scope, row });
  const scopes = createStepScopes(language, inputs, row, steps);
  const reduces = new Set(steps.flatMap(({ id, isReduce }) => (isReduce ? [id] : [])));
  const standIns = stepsStoodInFor(steps);
  const bySteps = new Map<string, ReadonlySet<string>>();
  const byStandIns = new Map<string, ReadonlySet<string>>();
  const asked = new Map<string, ReadonlySet<string>>();
  for (const step of steps) {
    const groups = checkGroupBy(step, scopes.row, checkerOf);
    const places = step.isReduce ? scopes.ofReduce(step, groups?.type) : scopes.of(step);
    const reads = checkStepExpressions(step, places, checkerOf);
    all.push(...reads.all, ...(groups ? [groups.reads] : []));
    asked.set(step.id, reads.asked);
    checkSplit(step, scope.returns.get(step.id), places.asked, findings);
    if (reservedNames.has(step.id)) continue;
    // What a row reads of a reduce, and a reduce of a row, is refused already.
    const named = [...(step.isReduce ? [] : reads.names), ...(groups?.reads.names ?? [])];
    const read = named.filter((id) => !reduces.has(id));
    const isSpare = (id: string): boolean => !reads.needed.has(id) && (standIns.get(step.id)?.has(id) ?? false);
    bySteps.set(step.id, new Set([...read.filter((id) => !isSpare(id)), ...stepsNamed(step)]));
    byStandIns.set(step.id, new Set(read.filter(isSpare)));
  }
  checkFallbacks(steps, scopes.row, findings);
  const fields = mapIn(mapIn(value.save)?.fields);
  const saved = checkerOf(scopes.row)(['save', 'fields'], fields, 'any');
  const sound = saved.sound && all.every((reads) => reads.sound);
  const hasFields = fields && Object.keys(fields).length > 0;
  const used = new Set(
    steps.flatMap(({ id, isReduce, value: { expect } }) => (isReduce || expect !== undefined ? [id] : [])),
  );
  return { bySteps, byStandIns, bySave: hasFields ? saved.names : undefined, used, sound, asked, steps, standIns };
}

function checkEach({ key, where }: YamlMap, ofRow: ExpressionChecker): Reads[] {
  const reads = [ofRow(['each', 'key'], key, 'key')];
  if (typeof where === 'string') reads.push(ofRow(['each', 'where'], where, 'condition'));
  return reads;
}

/** What a reduce groups by is read with the names of a row. */
function checkGroupBy(
  { id, isReduce, value: { group_by: groupBy } }: TypedStep,
  row: Scope,
  checkerOf: (place: Scope) => ExpressionChecker,
): { readonly reads: Reads; readonly type: Names[string] } | undefined {
  if (!isReduce || groupBy === undefined) return undefined;
  const reads = checkerOf(row)(['steps', id, 'group_by'], groupBy, 'group');
  return { reads, type: reads.sound ? inferValue(groupBy, row) : 'dyn' };
}
