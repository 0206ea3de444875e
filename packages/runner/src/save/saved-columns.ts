import type { LoadedWorkflow } from '../load-workflow.ts';

/**
 * The columns of the rows that a line has where `save.fields` names none; `key` leads each line by itself, and a step that is called like a
 * column takes its place.
 */
export function savedColumns({ rows, steps }: Pick<LoadedWorkflow, 'rows' | 'steps'>): readonly string[] {
  const taken = new Set(['key', ...steps.filter(({ over }) => !over).map(({ id }) => id)]);
  return (rows?.columns ?? []).filter((name) => !taken.has(name));
}
