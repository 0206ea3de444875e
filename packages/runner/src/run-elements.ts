import { StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { defer, EMPTY, type Observable } from 'rxjs';
import { listIn, trueOrFalse } from './expression-values.ts';
import { runRounds } from './run-rounds.ts';
import type { StepDone, StepProgress } from './run-step.ts';
import { sideBySide } from './side-by-side.ts';
import type { StepPlace } from './step-place.ts';
import type { Names, StepRunner } from './step-runner.ts';
import { sumUsage } from './sum-usage.ts';

/** A step of a row, or of a group, has its whole value. */
export interface WholeStep extends Omit<StepDone, 'messages'> {
  /** Of a step with `for`, a talk for each element. */
  readonly messages: readonly unknown[];
  /** The ok values of a step with `for`, for a reduce; absent: the value alone. */
  readonly items?: readonly unknown[];
}

/**
 * A whole step: with `for` a call for each element of the list, side by side, the values in the order of the list; else one. An element
 * whose `when` is false is null. One that fails fails the step and stops the others.
 *
 * @throws {StepError}; `Parked` where a call has to wait for a later stage.
 */
export function runElements(
  step: PlannedStep,
  place: StepPlace,
  names: Names,
  run: StepRunner,
): Observable<StepProgress | WholeStep> {
  if (!step.for) return runRounds(step, place, names, run);
  return defer(() => {
    const list = listOf(step, place, names);
    const element = (item: unknown, index: number): Observable<StepProgress | StepDone> => {
      const own = { ...names, item, index };
      return isLeftOut(step, place, own) ? EMPTY : runRounds(step, { ...place, element: index }, own, run);
    };
    return sideBySide(list, element, isDone, wholeOf);
  });
}

const isDone = (message: StepProgress | StepDone): message is StepDone => message.type === 'done';

function listOf(step: PlannedStep, place: StepPlace, names: Names): readonly unknown[] {
  try {
    return listIn(step.for?.render(names), 'for');
  } catch (error) {
    throw new StepError(step.id, place.key, error);
  }
}

function isLeftOut(step: PlannedStep, place: StepPlace, names: Names): boolean {
  try {
    return step.when !== undefined && !trueOrFalse(step.when.render(names), 'when');
  } catch (error) {
    throw new StepError(step.id, place.key, error);
  }
}

function wholeOf(elements: readonly (StepDone | undefined)[]): WholeStep {
  const ok = elements.filter((element) => element !== undefined);
  return {
    type: 'done',
    value: elements.map((element) => element?.value ?? null),
    thinking: ok
      .map(({ thinking }) => thinking)
      .filter((text) => text !== '')
      .join('\n'),
    usage: ok.reduce<StepDone['usage']>((sum, { usage }) => sumUsage(sum, usage), undefined),
    messages: elements.map((element) => element?.messages ?? []),
    items: ok.map(({ value }) => value),
  };
}
