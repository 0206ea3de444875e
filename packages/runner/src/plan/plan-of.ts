import type { PlannedStep } from '@millrace/schema';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { fixedModelOf } from '../models-of.ts';
import type { CallTally } from './call-tally.ts';
import { nothing, plus } from './interval.ts';
import type { Around } from './look-around.ts';
import type { MeasurePrompt } from './measure-prompt.ts';
import { planLoads } from './plan-loads.ts';
import { planReduce } from './plan-reduces.ts';
import type { PlanStore } from './plan-store.ts';
import { planWarnings } from './plan-warnings.ts';
import { plannedModel } from './planned-model.ts';
import type { PlannedCalls, RunPlan } from './run-plan.ts';
import type { Probed } from './run-probe.ts';
import { shownPrompts } from './shown-prompts.ts';
import type { Survey } from './survey-rows.ts';

/** What a plan is put together from. */
export interface PlanParts {
  readonly workflow: LoadedWorkflow;
  /** The steps that ask a model. */
  readonly asking: readonly PlannedStep[];
  readonly around: Around;
  readonly survey: Survey;
  readonly store: PlanStore;
  readonly measure: MeasurePrompt;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly probed: Probed | undefined;
}

/** Puts a plan together, but for its time. */
export function planOf(parts: PlanParts): Omit<RunPlan, 'time'> {
  const { workflow, asking, around, survey, measure, inputs, probed } = parts;
  const { models: named, seen, used, facts, windows, run } = around;
  const steps = countCalls(parts);
  const reduceModels = steps.flatMap(({ step, calls, models }) =>
    asking.some(({ id, over }) => id === step && over) && calls.most !== 0 ? Object.keys(models) : [],
  );
  const residents = used.map((host) => host.residents);
  const loads = planLoads({ shapes: survey.shapes, windows, residents, reduceModels: [...new Set(reduceModels)] });
  const names = new Set([...named, ...steps.flatMap(({ models }) => Object.keys(models))]);
  const models = [...names].map((name) => plannedModel(name, used, facts.get(name) ?? {}, windows.get(name)?.tokens));
  const { latest: _latest, definition: _definition, ...found } = run;
  const { troubles } = survey;
  return {
    workflow: workflow.name,
    file: workflow.file,
    run: found,
    rows: survey.rows,
    steps,
    calls: steps.reduce((sum, { calls }) => plus(sum, calls), nothing),
    models,
    hosts: seen.map(({ host, answers, missing, memory, problem }) => ({
      host,
      answers,
      isUsed: used.some((other) => other.host === host),
      missing,
      memory,
      ...(problem !== undefined && { problem }),
    })),
    loads,
    prompts: shownPrompts(workflow.steps, asking, survey, inputs, measure),
    warnings: planWarnings({
      needsHost: around.needsHost,
      hosts: seen,
      models,
      loads,
      steps: asking,
      calls: steps,
      troubles,
      probed,
    }),
  };
}

/** With those of the reduces, whose groups are known when all rows are. */
function countCalls({ asking, survey, store }: PlanParts): readonly PlannedCalls[] {
  const { tallies, rows, openGroups } = survey;
  return asking.map((step) => {
    const tally = tallies.get(step.id) as CallTally;
    const model = fixedModelOf(step);
    if (step.over && rows.from === 'stdin') tally.add(model, { least: 0, most: null }, ['standard input']);
    else if (step.over) planReduce({ step, store, openItems: openGroups.get(step.id) ?? 0, model }, tally);
    return tally.result();
  });
}
