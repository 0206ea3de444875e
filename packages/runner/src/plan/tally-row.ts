import type { PlannedStep } from '@millrace/schema';
import type { Row } from '../row.ts';
import type { CallTally } from './call-tally.ts';
import { orNothing } from './interval.ts';
import type { Measured, MeasurePrompt } from './measure-prompt.ts';
import type { PlanStore } from './plan-store.ts';
import type { OpenPrompt } from './prompt-of.ts';
import type { RowOutlook, StepOutlook } from './row-outlook.ts';
import type { RowShapes, ShapeCall } from './row-shapes.ts';
import type { RowTroubles } from './row-troubles.ts';
import type { Interval } from './run-plan.ts';

/** What the calls of rows are added to. */
export interface TallyTools {
  readonly tallies: ReadonlyMap<string, CallTally>;
  readonly shapes: RowShapes;
  readonly troubles: RowTroubles;
  readonly store: PlanStore;
  readonly measure: MeasurePrompt;
  /** By step, all that must have ended before it. */
  readonly before: ReadonlyMap<string, readonly string[]>;
}

/** What the journal has of a row. */
export interface RowState {
  /** It is final. */
  readonly isDone: boolean;
  readonly isKnown: boolean;
}

/** Adds what a row would ask. Of one that is done only its equal calls count: others need not be made. */
export function tallyRow(row: Row, { steps }: RowOutlook, state: RowState, tools: TallyTools): void {
  const { tallies, shapes, troubles, store, measure, before } = tools;
  const calls: ShapeCall[] = [];
  /** Tokens of the talks that others go on with. */
  const talks = new Map<string, number>();
  let isTroubled = false;
  for (const outlook of steps) {
    const { step, prompts, runs } = outlook;
    const tally = tallies.get(step.id) as CallTally;
    const repeated =
      runs === 'yes' ? prompts.filter(({ request }) => request !== undefined && store.isRepeated(request)).length : 0;
    if (state.isDone || runs === 'no') continue;
    tally.add(modelOf(prompts), callsOf(outlook, repeated, state), [
      ...outlook.because,
      ...(state.isKnown ? [begunBefore] : []),
    ]);
    for (let index = 0; index < repeated; index++) tally.share();
    const talk = step.continue === undefined ? 0 : (talks.get(step.continue) ?? 0);
    const measured = prompts.map((prompt) => ({ prompt, ...measure(step, prompt, row.value, talk) }));
    for (const own of measured) tally.prompt({ ...own, place: row.place });
    talks.set(step.id, measured.at(-1)?.tokens ?? 0);
    const longest = longestOf(step, measured, before);
    if (longest) calls.push(longest);
    const failing = runs === 'yes' ? prompts.find(({ error, isComplete }) => error && isComplete) : undefined;
    if (isTroubled || prompts.length === 0) continue;
    isTroubled = failing !== undefined || isBlank(step, row.value);
    if (failing) troubles.note('PROMPT_FAILS', `${row.place}, step \`${step.id}\`: ${failing.error?.message}`);
    else if (isTroubled)
      troubles.note('TEXT_MISSING', `${row.place}: nothing stands in what \`${step.id}\` reads of the row.`);
  }
  if (calls.length > 0) shapes.add(calls);
}

const begunBefore = 'rows that were begun before';

/** The one that all are asked of. */
const modelOf = (prompts: readonly OpenPrompt[]): string | undefined =>
  prompts.every(({ model }) => model === prompts[0]?.model) ? prompts[0]?.model : undefined;

function callsOf({ calls }: StepOutlook, repeated: number, { isKnown }: RowState): Interval {
  const made = { least: calls.least - repeated, most: calls.most === null ? null : calls.most - repeated };
  return isKnown ? orNothing(made) : made;
}

function longestOf(
  step: PlannedStep,
  measured: readonly (Measured & { readonly prompt: OpenPrompt })[],
  before: TallyTools['before'],
): ShapeCall | undefined {
  let longest: ShapeCall | undefined;
  for (const { prompt, tokens: own, answer, fit } of measured) {
    const tokens = own + answer;
    if (prompt.model === undefined || tokens <= (longest?.tokens ?? -1)) continue;
    longest = {
      step: step.id,
      model: prompt.model,
      tokens,
      waitsFor: before.get(step.id) ?? [],
      waits: fit === 'waits',
    };
  }
  return longest;
}

/** Whether a prompt reads cells of the row, and all of them are empty. */
function isBlank({ body }: PlannedStep, value: Row['value']): boolean {
  if (!value) return false;
  const names = [...body.paths].flatMap((path) => /^row\.([A-Za-z_]\w*)/.exec(path)?.[1] ?? []);
  return names.length > 0 && names.every((name) => isEmpty(value[name]));
}

const isEmpty = (cell: unknown): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
