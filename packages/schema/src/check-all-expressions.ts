import { createExpressionChecker, type ExpressionChecker, type Reads } from './expressions/check-expressions.ts';
import type { Language } from './expressions/language.ts';
import { expectNames, type Names, rowNames, stepNames } from './expressions/names.ts';
import type { Findings } from './findings.ts';
import type { JsonSchema } from './json-schema.ts';
import type { StepReturns } from './returns/check-returns.ts';
import type { ShapedStep } from './shape/check-step.ts';
import { isName, reservedNames } from './shape/reserved-names.ts';
import { schemaAt } from './shape/schema-at.ts';
import { modifiersSchema } from './shape/step-schema.ts';
import type { Source } from './source/source.ts';
import type { ReadNames } from './steps/check-graph.ts';
import type { Columns } from './workflow.ts';
import { mapIn, type YamlMap } from './yaml-map.ts';

/** What the expressions of a file are checked against. */
export interface ExpressionScope {
  readonly source: Source;
  readonly findings: Findings;
  readonly language: Language;
  readonly columns: Columns | 'unknown' | 'none';
  readonly returns: ReadonlyMap<string, StepReturns>;
  /** The schemas of the kinds, by kind. */
  readonly schemas: ReadonlyMap<string, JsonSchema>;
}

/** Checks every expression of a file; `sound` tells whether all could be understood, so that what is read is known. */
export function checkAllExpressions(
  value: YamlMap,
  steps: readonly ShapedStep[],
  scope: ExpressionScope,
): ReadNames & { readonly sound: boolean } {
  const { source, findings, language, columns, returns, schemas } = scope;
  const checker = (names: Names): ExpressionChecker => createExpressionChecker(source, findings, language, names);
  const row = rowNames(mapIn(value.inputs) ?? {}, columns);
  const { key, where } = mapIn(value.each) ?? {};
  const ofRow = checker(row);
  const all: Reads[] = [ofRow(['each', 'key'], key, 'key')];
  if (typeof where === 'string') all.push(ofRow(['each', 'where'], where, 'condition'));

  const readable = new Map([...returns].filter(([id]) => isName(id)));
  const ofSteps = checker(stepNames(row, readable));
  const bySteps = new Map<string, ReadonlySet<string>>();
  for (const { id, kinds, value: step } of steps) {
    const path = ['steps', id];
    const reads = [
      ...kinds.map((kind) => ofSteps([...path, kind], step[kind], schemas.get(kind) ?? 'any')),
      ...['model', 'system', 'options'].map((part) =>
        ofSteps([...path, part], step[part], schemaAt(modifiersSchema, [part]) ?? 'any'),
      ),
      ...(typeof step.when === 'string' ? [ofSteps([...path, 'when'], step.when, 'condition')] : []),
    ];
    if (!reservedNames.has(id)) bySteps.set(id, new Set(reads.flatMap((read) => [...read.names])));
    all.push(...reads);
    if (readable.has(id) && step.expect !== undefined) {
      all.push(checker(expectNames(row, id, returns.get(id)))([...path, 'expect'], step.expect, 'any'));
    }
  }
  const fields = mapIn(mapIn(value.save)?.fields);
  const saved = ofSteps(['save', 'fields'], fields, 'any');
  const compared = new Set(steps.flatMap(({ id, value: { expect } }) => (expect === undefined ? [] : [id])));
  const sound = saved.sound && all.every((reads) => reads.sound);
  const hasFields = fields && Object.keys(fields).length > 0;
  return { bySteps, bySave: hasFields ? saved.names : undefined, compared, sound };
}
