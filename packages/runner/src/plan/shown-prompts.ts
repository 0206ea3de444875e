import type { PlannedStep } from '@millrace/schema';
import type { MeasurePrompt } from './measure-prompt.ts';
import { placeholderOf } from './placeholder.ts';
import { type OpenPrompt, promptOf } from './prompt-of.ts';
import type { ShownPrompt } from './run-plan.ts';
import type { Survey } from './survey-rows.ts';

/** What the first row would be asked, step by step; of a reduce, what its first group would be. */
export function shownPrompts(
  steps: readonly PlannedStep[],
  asking: readonly PlannedStep[],
  { first: { row, outlook } }: Survey,
  inputs: Readonly<Record<string, unknown>>,
  measure: MeasurePrompt,
): readonly ShownPrompt[] {
  return asking.map((step) => {
    const own = outlook.steps.find((other) => other.step.id === step.id);
    const names = { inputs, group: '‹group›', items: [itemOf(steps, step)], steps: {} };
    const prompt = own ? own.prompts[0] : promptOf(step, names, false);
    return shownPrompt(step, own?.runs ?? (step.when ? 'maybe' : 'yes'), prompt, row.value, measure);
  });
}

function itemOf(steps: readonly PlannedStep[], { id, over }: PlannedStep): unknown {
  const from = steps.find((step) => step.id === over?.step);
  const type = from?.type ?? 'dyn';
  // Of a step with `for`, an item is an element.
  const own = from?.for && typeof type === 'object' && 'list' in type ? type.list : type;
  return placeholderOf(own, from?.id ?? id);
}

function shownPrompt(
  step: PlannedStep,
  runs: ShownPrompt['runs'],
  prompt: OpenPrompt | undefined,
  value: unknown,
  measure: MeasurePrompt,
): ShownPrompt {
  const { system, messages = [], error, model } = prompt ?? {};
  return {
    step: step.id,
    kind: step.kind,
    model: model ?? step.model?.text ?? '',
    runs,
    ...(system !== undefined && { system }),
    messages,
    tokens: prompt && !error ? measure(step, prompt, value, 0).shown : 0,
    ...(error && { error }),
  };
}
