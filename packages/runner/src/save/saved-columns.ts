import type { LoadedWorkflow } from '../load-workflow.ts';

/** The columns of the rows that a line has where `save.fields` names none; `key` leads each line by itself. */
export const savedColumns = ({ rows }: LoadedWorkflow): readonly string[] =>
  (rows?.columns ?? []).filter((name) => name !== 'key');
