import type { PlannedStep, Workflow } from '@millrace/schema';
import type { StepKind } from './step-kind.ts';
import { builtInKinds } from './steps/index.ts';

/** The models that a workflow names itself, each once; those that depend on a row are only known when it runs. */
export function modelsOf({ steps }: Workflow, kinds: readonly StepKind[] = builtInKinds): readonly string[] {
  const silent = silentKinds(kinds);
  const fixed = steps.flatMap((step) => (silent.has(step.kind) ? [] : (fixedModelOf(step) ?? [])));
  return [...new Set(fixed)];
}

/** The model of a step, where it is the same for every row. */
export const fixedModelOf = ({ model }: PlannedStep): string | undefined =>
  model && model.needed.size + model.optional.size === 0 ? String(model.render({})) : undefined;

/** Whether any step asks a model, so that a run needs a host. */
export function needsHost({ steps }: Workflow, kinds: readonly StepKind[] = builtInKinds): boolean {
  const silent = silentKinds(kinds);
  return steps.some(({ kind }) => !silent.has(kind));
}

const silentKinds = (kinds: readonly StepKind[]): ReadonlySet<string> =>
  new Set(kinds.filter(({ asksModel }) => asksModel === false).map(({ kind }) => kind));
