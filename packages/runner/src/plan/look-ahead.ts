import type { PlannedStep } from '@millrace/schema';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { InputValue } from '../resolve-inputs.ts';
import type { Row } from '../row.ts';
import { builtInKinds } from '../steps/index.ts';
import { lookAround } from './look-around.ts';
import type { SeenHost } from './look-at-hosts.ts';
import { createMeasure } from './measure-prompt.ts';
import { placeholderRow } from './placeholder.ts';
import { planOf } from './plan-of.ts';
import { openPlanStore } from './plan-store.ts';
import type { PlanWorld } from './plan-world.ts';
import { createRowOutlook, type LookedAt } from './row-outlook.ts';
import type { RunPlan } from './run-plan.ts';
import type { Probed } from './run-probe.ts';
import { surveyRows } from './survey-rows.ts';

/** A plan without its time, and what a probe of it needs. */
export interface Ahead {
  readonly plan: Omit<RunPlan, 'time'>;
  /** Those that the run uses. */
  readonly hosts: readonly SeenHost[];
  readonly probes: readonly Row[];
}

/** Looks at hosts, journal and rows as they are now. */
export async function lookAhead(
  workflow: LoadedWorkflow,
  world: PlanWorld,
  inputs: Readonly<Record<string, InputValue>>,
  probed?: Probed,
): Promise<Ahead> {
  const { signal, kinds = builtInKinds, first, range, sample, probe = 0 } = world;
  const around = await lookAround(workflow, world, inputs);
  const { facts, meter, windows, run, used } = around;
  const contextLengths = new Map(
    [...facts].flatMap(([name, { contextLength: length }]) => (length === undefined ? [] : [[name, length]])),
  );
  const measure = createMeasure({ steps: workflow.steps, meter, windows, contextLengths });
  const store = await openPlanStore();
  const onRows = (rows: number): void => {
    signal?.throwIfAborted();
    world.onRows?.(rows);
  };
  const tools = {
    workflow,
    selection: { inputs, first, range, sample },
    outlookOf: createRowOutlook(workflow, inputs, kinds),
    measure,
    before: allBefore(workflow.steps),
    store,
    latest: run.latest,
    definition: run.definition,
    triesAgain: run.found === 'stopped',
    probe,
    onRows,
  };
  try {
    const survey = await surveyRows(tools, standInRow(workflow));
    const silent = new Set(kinds.filter(({ asksModel }) => asksModel === false).map(({ kind }) => kind));
    const asking = workflow.steps.filter(({ kind }) => !silent.has(kind));
    const plan = planOf({ workflow, asking, around, survey, store, measure, inputs, probed });
    return { plan, hosts: used, probes: survey.probes };
  } finally {
    store.close();
  }
}

/** By step, all that must have ended before it. */
function allBefore(steps: readonly PlannedStep[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  // Each stands behind what it waits for.
  for (const { id, waitsFor } of steps)
    all.set(id, [...new Set(waitsFor.flatMap((before) => [before, ...(all.get(before) ?? [])]))]);
  return all;
}

/** What stands for a row that is not read. */
function standInRow({ each, steps }: LoadedWorkflow): LookedAt {
  const read = steps.flatMap(({ body, system, when }) =>
    [body, system, when].flatMap((part) => [...(part?.paths ?? [])]),
  );
  return { index: 0, key: each ? '‹key›' : 'run', value: each && placeholderRow(read) };
}
