import type { Workflow } from '@millrace/schema';

/** The models that a workflow names itself, each once; those that depend on a row are only known when it runs. */
export function modelsOf({ steps }: Workflow): readonly string[] {
  const fixed = steps.flatMap(({ model }) =>
    model && model.needed.size + model.optional.size === 0 ? String(model.render({})) : [],
  );
  return [...new Set(fixed)];
}
