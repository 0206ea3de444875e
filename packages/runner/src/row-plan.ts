import type { PlannedStep } from '@millrace/schema';
import type { LoadedWorkflow } from './load-workflow.ts';
import { itemsFor } from './reduce/items-for.ts';
import type { RowPlan } from './run-row.ts';
import { savedColumns } from './save/saved-columns.ts';
import type { Names, RowRunner } from './step-runner.ts';

/** Prepares the steps of rows once, for any number of them. */
export function planRow(workflow: LoadedWorkflow, run: RowRunner): RowPlan {
  const steps = workflow.steps.filter(({ over }) => !over);
  const fieldsOf = workflow.save.fields
    ? fieldsFrom(workflow.save.fields)
    : defaultFields(savedColumns(workflow), steps);
  return {
    steps,
    byId: new Map(steps.map((step) => [step.id, step])),
    run,
    fieldsOf,
    itemsOf: itemsFor(workflow.steps),
  };
}

const fieldsFrom =
  (fields: NonNullable<LoadedWorkflow['save']['fields']>): RowPlan['fieldsOf'] =>
  (names) =>
    Object.fromEntries([...fields].map(([name, field]) => [name, field.render(names)]));

const defaultFields =
  (columns: readonly string[], steps: readonly PlannedStep[]): RowPlan['fieldsOf'] =>
  (names: Names) => {
    const row = (names.row ?? {}) as Readonly<Record<string, unknown>>;
    const ofRow = columns.map((name) => [name, row[name]]);
    return Object.fromEntries([...ofRow, ...steps.map(({ id }) => [id, names[id]])]);
  };
