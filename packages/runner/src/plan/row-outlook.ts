import type { PlannedStep, Template } from '@millrace/schema';
import { lastValueFrom, type Observable } from 'rxjs';
import { trueOrFalse } from '../expression-values.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { Row } from '../row.ts';
import type { StepKind } from '../step-kind.ts';
import type { Names } from '../step-runner.ts';
import { setStep } from '../steps/set.ts';
import { splitStep } from '../steps/split.ts';
import { nothing, orNothing } from './interval.ts';
import { placeholderOf, placeholderText } from './placeholder.ts';
import { type OpenPrompt, promptOf } from './prompt-of.ts';
import type { Interval } from './run-plan.ts';

/** What a row would have a step do. */
export interface StepOutlook {
  readonly step: PlannedStep;
  /** `no`: its `when` is false, or it reads a step that does not run. */
  readonly runs: 'yes' | 'no' | 'maybe';
  /** Of steps that ask a model; the others make none. */
  readonly calls: Interval;
  /** Why `calls` is no single number. */
  readonly because: readonly string[];
  /** What it would ask, as far as that is known: one, or one of each element. */
  readonly prompts: readonly OpenPrompt[];
}

/** What a row is worth to a reduce, at most. */
export interface ItemsOutlook {
  readonly reduce: string;
  readonly items: number;
  /** As JSON; undefined where only answers tell. */
  readonly group: string | undefined;
}

/** What a row would have the steps do. */
export interface RowOutlook {
  /** Without those with `over`, which belong to no row. */
  readonly steps: readonly StepOutlook[];
  readonly items: readonly ItemsOutlook[];
}

/** A row, or what stands for one. */
export type LookedAt = Pick<Row, 'value' | 'key' | 'index'>;

/** Looks at what rows would have the steps do, without asking a model. */
export function createRowOutlook(
  { steps: all }: LoadedWorkflow,
  inputs: Readonly<Record<string, unknown>>,
  kinds: readonly StepKind[],
): (row: LookedAt) => Promise<RowOutlook> {
  const steps = all.filter(({ over }) => !over);
  const silent = new Set(kinds.filter(({ asksModel }) => asksModel === false).map(({ kind }) => kind));
  const reduces = all.flatMap(({ id, over }) => (over ? [{ id, over }] : []));
  const standIns = new Set(
    steps.flatMap(({ onError }) => (typeof onError === 'object' && 'run' in onError ? [onError.run] : [])),
  );

  return async ({ value, key, index }) => {
    const facts: Record<string, unknown> = {};
    const names: Names = { inputs, steps: facts, previous: null, ...(value && { row: value, key, index }) };
    const known = new Set(['inputs', 'previous', 'item', ...(value ? ['row', 'key', 'index'] : [])]);
    const runsOf = new Map<string, StepOutlook['runs']>();
    const outlooks: StepOutlook[] = [];
    for (const step of steps) {
      const isKnown = (template: Template | undefined): boolean => isReadFrom(template, known);
      const runs = standIns.has(step.id) ? 'maybe' : runsOfStep(step, names, isKnown, runsOf);
      runsOf.set(step.id, runs);
      const list = runs === 'no' ? [] : elementsOf(step, names, isKnown);
      const asks = !silent.has(step.kind);
      const prompts = asks && runs !== 'no' ? promptsOf(step, names, list, isKnown) : [];
      const unsure = standIns.has(step.id) ? ['it stands in for another step'] : unsureReasons(step, isKnown, runsOf);
      outlooks.push({ step, runs, prompts, ...(asks ? callsOf(step, runs, list, unsure) : noCalls) });
      const made = runs === 'yes' && !step.for && isKnown(step.body) ? await valueMade(step, names) : undefined;
      names[step.id] = runs === 'no' ? null : (made?.value ?? placeholderOf(step.type, step.id));
      facts[step.id] = {
        status: 'ok',
        thinking: placeholderText(`steps.${step.id}.thinking`),
        usage: null,
        messages: [],
        error: null,
      };
      if (runs === 'no' || made !== undefined) known.add(step.id);
    }
    const items = reduces.flatMap(({ id, over }): ItemsOutlook[] => {
      const own = outlooks.find(({ step }) => step.id === over.step);
      if (!own || own.runs === 'no') return [];
      const group = over.groupBy && !isReadFrom(over.groupBy, known) ? undefined : groupOf(over.groupBy, names);
      return [{ reduce: id, items: own.step.for ? (own.calls.most ?? 1) : 1, group }];
    });
    return { steps: outlooks, items };
  };
}

const noCalls = { calls: nothing, because: [] };

function groupOf(template: Template | undefined, names: Names): string | undefined {
  try {
    return JSON.stringify(template?.render(names) ?? null);
  } catch {
    return undefined; // the row fails there
  }
}

const isReadFrom = (template: Template | undefined, known: ReadonlySet<string>): boolean =>
  template === undefined || [...template.needed, ...template.optional].every((name) => known.has(name));

function runsOfStep(
  { when, for: list, needs }: PlannedStep,
  names: Names,
  isKnown: (template: Template | undefined) => boolean,
  before: ReadonlyMap<string, StepOutlook['runs']>,
): StepOutlook['runs'] {
  if (needs.some((id) => before.get(id) === 'no')) return 'no';
  const isSure = needs.every((id) => before.get(id) === 'yes');
  if (!when || list) return isSure ? 'yes' : 'maybe';
  if (!isKnown(when)) return 'maybe';
  try {
    return trueOrFalse(when.render(names), 'when') ? (isSure ? 'yes' : 'maybe') : 'no';
  } catch {
    return 'no'; // the row fails there
  }
}

function unsureReasons(
  { when, for: list, needs }: PlannedStep,
  isKnown: (template: Template | undefined) => boolean,
  before: ReadonlyMap<string, StepOutlook['runs']>,
): readonly string[] {
  const skipped = needs
    .filter((id) => before.get(id) === 'maybe')
    .map((id) => `it reads \`${id}\`, which may be skipped`);
  return !list && !isKnown(when) ? ['`when`', ...skipped] : skipped;
}

/** The elements of `for` that its `when` lets pass; undefined where they are not known. Without `for` the step itself. */
function elementsOf(
  { for: list, when }: PlannedStep,
  names: Names,
  isKnown: (template: Template | undefined) => boolean,
): readonly Names[] | undefined {
  if (!list) return [names];
  if (!isKnown(list) || !isKnown(when)) return undefined;
  try {
    const items = list.render(names);
    if (!Array.isArray(items)) return [];
    const each = items.map((item, index): Names => ({ ...names, item, index }));
    return when ? each.filter((own) => when.render(own) === true) : each;
  } catch {
    return [];
  }
}

function callsOf(
  { repeat }: PlannedStep,
  runs: StepOutlook['runs'],
  elements: readonly Names[] | undefined,
  unsure: readonly string[],
): Pick<StepOutlook, 'calls' | 'because'> {
  if (runs === 'no') return { calls: nothing, because: [] };
  const once: Interval = elements ? { least: elements.length, most: elements.length } : { least: 0, most: null };
  const calls = repeat ? { least: once.least, most: once.most === null ? null : once.most * repeat.max } : once;
  return {
    calls: runs === 'maybe' ? orNothing(calls) : calls,
    because: [
      ...(runs === 'maybe' ? unsure : []),
      ...(elements ? [] : ['`for`']),
      ...(repeat && repeat.max > 1 ? ['`repeat`'] : []),
    ],
  };
}

function promptsOf(
  step: PlannedStep,
  names: Names,
  elements: readonly Names[] | undefined,
  isKnown: (template: Template | undefined) => boolean,
): readonly OpenPrompt[] {
  const isComplete = elements !== undefined && [step.body, step.system, step.model, step.options].every(isKnown);
  const example: Names = { ...names, item: placeholderText(`the list of ${step.id}`), index: 0 };
  return (elements ?? [example]).map((own) => promptOf(step, own, isComplete && step.continue === undefined));
}

/** What a step without a model makes of what is known, where it can be asked for twice: kinds of the caller may do more than that. */
async function valueMade(step: PlannedStep, names: Names): Promise<{ readonly value: unknown } | undefined> {
  const kind = [setStep, splitStep].find(({ kind }) => kind === step.kind);
  if (!kind) return undefined;
  try {
    const run = kind.run as (body: unknown, context: unknown) => Observable<{ readonly value?: unknown }>; // neither reads its context
    const { value } = await lastValueFrom(run(step.body.render(names), {}));
    return { value };
  } catch {
    return undefined; // the row fails there
  }
}
