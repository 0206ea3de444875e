import { hashOf } from './hash-of.ts';
import type { LoadedWorkflow } from './load-workflow.ts';

/** Hashes of what decides results, so that a change is noticed; what only decides how fast they come is not in them. */
export interface Definition {
  /** What the results of rows depend on. */
  readonly rows: string;
  /** What any result depends on, those of reduces included. */
  readonly whole: string;
}

type Written = Readonly<Record<string, unknown>>;

/** @param digests Of the models, by name. */
export function definitionOf(workflow: LoadedWorkflow, digests: Readonly<Record<string, string>>): Definition {
  const { written, model, texts } = workflow;
  const { each, save, inputs } = written as {
    readonly each?: Written;
    readonly save?: Written;
    readonly inputs?: unknown;
  };
  const steps = (written.steps ?? {}) as Readonly<Record<string, Written>>;
  const { key, where, columns } = each ?? {};
  const rows = {
    model,
    inputs,
    each: { key, where, columns },
    // Of a reduce, a row only knows what it is worth to it.
    steps: Object.entries(steps).map(([id, step]) => [
      id,
      'over' in step ? { over: step.over, group_by: step.group_by } : step,
    ]),
    fields: save?.fields,
    texts,
    digests,
  };
  return { rows: hashOf(rows), whole: hashOf([rows, steps]) };
}
