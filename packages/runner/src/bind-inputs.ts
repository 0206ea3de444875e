import type { PlannedStep, Template } from '@millrace/schema';
import type { LoadedWorkflow } from './load-workflow.ts';
import { type InputValue, resolveInputs } from './resolve-inputs.ts';

/** A workflow, and what its inputs are. */
export interface BoundWorkflow {
  readonly workflow: LoadedWorkflow;
  readonly inputs: Readonly<Record<string, InputValue>>;
}

/**
 * A workflow for these inputs. A model and options that read nothing else, such as `model: ${inputs.model}`, are from here on the same for
 * all rows, so that the model is looked for, loaded and given its window before the first of them. Binding it again changes nothing.
 *
 * @throws {MillraceError} `INPUT_INVALID`.
 */
export function bindInputs(workflow: LoadedWorkflow, given: Readonly<Record<string, InputValue>> = {}): BoundWorkflow {
  const inputs = resolveInputs(workflow.inputs, given);
  return { workflow: { ...workflow, steps: workflow.steps.map((step) => boundStep(step, inputs)) }, inputs };
}

function boundStep(step: PlannedStep, inputs: BoundWorkflow['inputs']): PlannedStep {
  const { model, options } = step;
  return {
    ...step,
    ...(model && { model: bound(model, inputs) }),
    ...(options && { options: bound(options, inputs) }),
  };
}

function bound(template: Template, inputs: BoundWorkflow['inputs']): Template {
  const reads = [...template.needed, ...template.optional];
  if (reads.length === 0 || reads.some((name) => name !== 'inputs')) return template;
  try {
    const value = template.render({ inputs });
    return { ...template, needed: nothing, optional: nothing, render: () => value };
  } catch {
    return template; // each row will say what is wrong with it
  }
}

const nothing: ReadonlySet<string> = new Set();
