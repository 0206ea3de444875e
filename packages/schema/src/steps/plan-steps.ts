import type { StepReturns } from '../returns/check-returns.ts';
import type { PlannedStep } from '../workflow.ts';
import { planStep, type StepPlanning } from './plan-step.ts';
import { orderSteps } from './step-graph.ts';
import type { TypedStep } from './type-steps.ts';

/** Compiles checked steps, in an order in which each stands behind what it waits for. */
export function planSteps(
  steps: readonly TypedStep[],
  returns: ReadonlyMap<string, StepReturns>,
  planning: Omit<StepPlanning, 'ids'>,
): readonly PlannedStep[] {
  const ids = new Set(steps.map(({ id }) => id));
  const planned = steps.map((step) => {
    const schema = returns.get(step.id);
    return planStep(step, typeof schema === 'object' ? schema : undefined, { ...planning, ids });
  });
  return orderSteps(planned);
}
