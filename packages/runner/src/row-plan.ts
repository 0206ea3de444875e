import type { ModelOptions } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { createAnswerValidator, type PlannedStep } from '@millrace/schema';
import type { Lanes } from './lanes.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import type { AnswerCheck } from './read-answer.ts';
import type { Names, RowPlan } from './run-row.ts';
import { runStep, type StepCall } from './run-step.ts';
import { savedColumns } from './save/saved-columns.ts';
import type { StepKind } from './step-kind.ts';

/** What a plan is made with. */
export interface PlanTools {
  readonly kinds: readonly StepKind[];
  readonly lanes: Lanes;
  readonly deltas: boolean;
  readonly random: () => number;
}

/** Prepares a workflow's steps once, for any number of rows. */
export function planRow(workflow: LoadedWorkflow, { kinds, lanes, deltas, random }: PlanTools): RowPlan {
  const prepared = new Map(workflow.steps.map((step) => [step.id, prepare(step, kinds)]));
  const fieldsOf = workflow.save.fields
    ? fieldsFrom(workflow.save.fields)
    : defaultFields(savedColumns(workflow), workflow.steps);
  return {
    steps: workflow.steps,
    fieldsOf,
    callOf: (step, place, names) => {
      const { kind, check } = prepared.get(step.id) as Prepared;
      return { place, kind, check, body: step.body.render(names), context: contextOf(step, names, deltas) };
    },
    call: (call) => runStep(call, lanes, random),
  };
}

interface Prepared {
  readonly kind: StepKind;
  readonly check: AnswerCheck | undefined;
}

function prepare(step: PlannedStep, kinds: readonly StepKind[]): Prepared {
  const kind = kinds.find((candidate) => candidate.kind === step.kind);
  if (!kind)
    throw new MillraceError(
      'WORKFLOW_INVALID',
      `The step \`${step.id}\` is of the kind \`${step.kind}\`, which is not among those given.`,
    );
  return { kind, check: step.returns && createAnswerValidator(step.returns) };
}

function contextOf(step: PlannedStep, names: Names, deltas: boolean): StepCall['context'] {
  const system = step.system?.render(names);
  return {
    model: textOf(step.model?.render(names), 'model'),
    system: system === undefined || system === null ? undefined : textOf(system, 'system'),
    // Checked against Ollama's options before the run, but for values that only the row knows; those the server checks.
    options: step.options?.render(names) as ModelOptions | undefined,
    format: step.returns,
    deltas,
  };
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new MillraceError('EXPRESSION_FAILED', `\`${name}\` gave ${JSON.stringify(value)}, and must give a text.`);
}

const fieldsFrom =
  (fields: NonNullable<LoadedWorkflow['save']['fields']>): RowPlan['fieldsOf'] =>
  (names) =>
    Object.fromEntries([...fields].map(([name, field]) => [name, field.render(names)]));

const defaultFields =
  (columns: readonly string[], steps: readonly PlannedStep[]): RowPlan['fieldsOf'] =>
  (names) => {
    const row = (names.row ?? {}) as Readonly<Record<string, unknown>>;
    const ofRow = columns.map((name) => [name, row[name]]);
    return Object.fromEntries([...ofRow, ...steps.map(({ id }) => [id, names[id]])]);
  };
