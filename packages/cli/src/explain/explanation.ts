import type { LoadedWorkflow } from '@millrace/runner';
import type { Workflow } from '@millrace/schema';
import { type ExplainedStep, explainStep } from './explain-step.ts';
import { shownTemplate } from './shown-template.ts';

/** One thing that waits for another: a step, the rows or what is saved. */
export interface Edge {
  /** A step, or `rows`. */
  readonly from: string;
  /** A step, or `save`. */
  readonly to: string;
  /** `needs`: without it, the other is skipped; `may`: it is read through `default()`; `all`: it must be done for every row. */
  readonly how: 'needs' | 'may' | 'all';
}

/** What a workflow does, as `--format json` prints it. */
export interface Explanation {
  readonly file: string;
  readonly name: string;
  readonly description?: string;
  readonly inputs: Workflow['inputs'];
  readonly rows?: {
    readonly from: string;
    readonly columns: readonly string[];
    readonly key?: string;
    readonly where?: string;
  };
  /** In an order in which each stands behind what it waits for. */
  readonly steps: readonly ExplainedStep[];
  readonly edges: readonly Edge[];
  readonly save: {
    readonly to?: string;
    /** Absent: the columns of the row and every step. */
    readonly fields?: Readonly<Record<string, string>>;
    readonly over: Readonly<Record<string, string>>;
    readonly errors?: string;
    readonly order: string;
  };
  /** Times are in milliseconds. */
  readonly limits: Workflow['limits'];
  readonly schedule?: Workflow['schedule'];
  /** Names of environment variables. */
  readonly secrets: readonly string[];
  readonly hosts: readonly string[];
}

/** Tells what a checked workflow does, in words of the file. */
export function explainWorkflow(workflow: LoadedWorkflow): Explanation {
  const { file, name, description, inputs, each, rows, save, limits, schedule, secrets, hosts } = workflow;
  return {
    file,
    name,
    ...(description !== undefined && { description }),
    inputs,
    ...(each && {
      rows: {
        from: each.from,
        columns: rows?.columns ?? [],
        ...(each.key && { key: shownTemplate(each.key) }),
        ...(each.where && { where: shownTemplate(each.where) }),
      },
    }),
    steps: workflow.steps.map(explainStep),
    edges: edgesOf(workflow),
    save: {
      ...(save.to !== undefined && { to: save.to }),
      ...(save.fields && {
        fields: Object.fromEntries([...save.fields].map(([field, template]) => [field, shownTemplate(template)])),
      }),
      over: save.over,
      ...(save.errors !== undefined && { errors: save.errors }),
      order: save.order,
    },
    limits,
    ...(schedule && { schedule }),
    secrets,
    hosts,
  };
}

function edgesOf({ steps, each, save }: LoadedWorkflow): readonly Edge[] {
  const ofSteps = steps.flatMap((step): Edge[] => {
    const { id, over, needs, waitsFor } = step;
    const reads = explainStep(step).reads.some((path) => /^(row|key|index)\b/.test(path));
    return [
      ...(each && reads && !over ? [{ from: 'rows', to: id, how: 'needs' } as const] : []),
      ...waitsFor.map((from): Edge => ({ from, to: id, how: howRead(from, over?.step, needs) })),
    ];
  });
  return [...ofSteps, ...savedSteps(steps, save).map((from): Edge => ({ from, to: 'save', how: 'needs' }))];
}

const howRead = (from: string, over: string | undefined, needs: readonly string[]): Edge['how'] =>
  from === over ? 'all' : needs.includes(from) ? 'needs' : 'may';

function savedSteps(steps: LoadedWorkflow['steps'], { fields }: LoadedWorkflow['save']): readonly string[] {
  if (!fields) return steps.map(({ id }) => id);
  const read = new Set([...fields.values()].flatMap(({ needed, optional }) => [...needed, ...optional]));
  return steps.flatMap(({ id, over }) => (over || read.has(id) ? [id] : []));
}
