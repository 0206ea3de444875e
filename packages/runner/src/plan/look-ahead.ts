import type { PlannedStep } from '@millrace/schema';
import { chooseWindows } from '../context/choose-windows.ts';
import { createTokenMeter } from '../context/token-meter.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { fixedModelOf, modelsOf, needsHost } from '../models-of.ts';
import type { InputValue } from '../resolve-inputs.ts';
import type { Row } from '../row.ts';
import type { World } from '../run-workflow.ts';
import { builtInKinds } from '../steps/index.ts';
import type { CallTally } from './call-tally.ts';
import { nothing, plus } from './interval.ts';
import {
  type AskHost,
  askWithin,
  factsOf,
  lookAtHost,
  type ModelFacts,
  orAborted,
  type SeenHost,
  usedHosts,
} from './look-at-hosts.ts';
import { createMeasure } from './measure-prompt.ts';
import { peekPlan } from './peek-plan.ts';
import { placeholderRow } from './placeholder.ts';
import { planLoads } from './plan-loads.ts';
import { planReduce } from './plan-reduces.ts';
import { openPlanStore, type PlanStore } from './plan-store.ts';
import { planWarnings } from './plan-warnings.ts';
import { plannedModel } from './planned-model.ts';
import { createRowOutlook, type LookedAt } from './row-outlook.ts';
import type { RunPlan } from './run-plan.ts';
import type { Probed } from './run-probe.ts';
import { shownPrompts } from './shown-prompts.ts';
import { type Survey, surveyRows } from './survey-rows.ts';

/** What a plan may touch, and which run it is of. */
export interface PlanWorld
  extends Pick<
    World,
    | 'hosts'
    | 'journal'
    | 'mode'
    | 'invocation'
    | 'inputs'
    | 'parallel'
    | 'first'
    | 'range'
    | 'sample'
    | 'kinds'
    | 'now'
    | 'random'
  > {
  /** Rows that are run for real, to know the time. Default: 0. */
  readonly probe?: number | undefined;
  /** Ends it, in any phase. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the rows that were looked at. */
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Called when the probe begins, and with each of its rows that has ended. */
  readonly onProbe?: ((ended: number, rows: number) => void) | undefined;
}

/** A plan without its time, and what a probe of it needs. */
export interface Ahead {
  readonly plan: Omit<RunPlan, 'time'>;
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
  const { signal, kinds = builtInKinds } = world;
  const ask = askWithin(signal);
  const asks = needsHost(workflow, kinds);
  const models = modelsOf(workflow, kinds);
  const seen = asks ? await Promise.all(world.hosts.map((host) => lookAtHost(host, models, ask))) : [];
  signal?.throwIfAborted();
  const used = usedHosts(seen);
  const hosts = used.map(({ ollama }) => ollama);
  const facts = await factsByModel(models, used, ask);
  signal?.throwIfAborted();
  const residents = used.map((host) => host.residents);
  const meter = createTokenMeter();
  const windows =
    hosts.length > 0
      ? await orAborted(chooseWindows(workflow, { hosts, residents, inputs, meter }), signal)
      : new Map();
  const run = await orAborted(peekPlan(workflow, { ...world, hosts }, inputs), signal);
  const contextLengths = new Map(
    [...facts].flatMap(([name, { contextLength }]) => (contextLength === undefined ? [] : [[name, contextLength]])),
  );
  const measure = createMeasure({ steps: workflow.steps, meter, windows, contextLengths });
  const store = await openPlanStore();
  try {
    const survey = await surveyRows(
      {
        workflow,
        selection: { inputs, first: world.first, range: world.range, sample: world.sample },
        outlookOf: createRowOutlook(workflow, inputs, kinds),
        measure,
        before: allBefore(workflow.steps),
        store,
        latest: run.latest,
        definition: run.definition,
        triesAgain: run.found === 'stopped',
        probe: world.probe ?? 0,
        onRows: (rows) => {
          signal?.throwIfAborted();
          world.onRows?.(rows);
        },
      },
      standInRow(workflow),
    );
    const steps = workflow.steps.filter(({ kind }) => isAsking(kind, kinds));
    countReduces(steps, survey, store);
    const results = steps.map(({ id }) => (survey.tallies.get(id) as CallTally).result());
    const reduceModels = results.flatMap(({ step, calls, models: own }) =>
      steps.some(({ id, over }) => id === step && over) && calls.most !== 0 ? Object.keys(own) : [],
    );
    const loads = planLoads({ shapes: survey.shapes, windows, residents, reduceModels: [...new Set(reduceModels)] });
    const planned = [...new Set([...models, ...results.flatMap((result) => Object.keys(result.models))])].map((name) =>
      plannedModel(name, used, facts.get(name) ?? {}, windows.get(name)?.tokens),
    );
    const { latest, definition: _, ...found } = run;
    return {
      hosts: used,
      probes: survey.probes,
      plan: {
        workflow: workflow.name,
        file: workflow.file,
        run: found,
        rows: survey.rows,
        steps: results,
        calls: results.reduce((sum, { calls }) => plus(sum, calls), nothing),
        models: planned,
        hosts: seen.map(({ ollama: _o, loaded: _l, residents: _r, installed: _i, ...host }) => ({
          ...host,
          isUsed: used.some((other) => other.host === host.host),
        })),
        loads,
        prompts: shownPrompts(workflow.steps, steps, survey, inputs, measure),
        warnings: planWarnings({
          needsHost: asks,
          hosts: seen,
          models: planned,
          loads,
          steps,
          calls: results,
          troubles: survey.troubles,
          probed,
        }),
      },
    };
  } finally {
    store.close();
  }
}

const isAsking = (kind: string, kinds: NonNullable<World['kinds']>): boolean =>
  kinds.find((own) => own.kind === kind)?.asksModel !== false;

async function factsByModel(
  models: readonly string[],
  hosts: readonly SeenHost[],
  ask: AskHost,
): Promise<ReadonlyMap<string, ModelFacts>> {
  const all = await Promise.all(models.map(async (model) => [model, await factsOf(model, hosts, ask)] as const));
  return new Map(all);
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
const standInRow = ({ each, steps }: LoadedWorkflow): LookedAt => ({
  index: 0,
  key: each ? '‹key›' : 'run',
  value:
    each &&
    placeholderRow(
      steps.flatMap(({ body, system, when }) => [body, system, when].flatMap((part) => [...(part?.paths ?? [])])),
    ),
});

function countReduces(steps: readonly PlannedStep[], { tallies, rows, openGroups }: Survey, store: PlanStore): void {
  for (const step of steps) {
    if (!step.over) continue;
    const tally = tallies.get(step.id) as CallTally;
    const model = fixedModelOf(step);
    if (rows.from === 'stdin') tally.add(model, { least: 0, most: null }, ['standard input']);
    else planReduce({ step, store, openItems: openGroups.get(step.id) ?? 0, model }, tally);
  }
}
