import type { Usage } from '@millrace/core';
import { OllamaError, StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { defer, mergeMap, type Observable, of } from 'rxjs';
import { trueOrFalse } from './expression-values.ts';
import type { StepDone, StepProgress } from './run-step.ts';
import type { StepPlace } from './step-place.ts';
import type { Names, StepRunner } from './step-runner.ts';
import { sumUsage } from './sum-usage.ts';

/**
 * One value of a step: a single call, or with `repeat` one round after the other, each seeing the value of the one before as `previous`,
 * until `until` is true.
 *
 * @throws {StepError} `REPEAT_EXHAUSTED` where it never was: a value that was asked to be better is no result. The last answer is kept.
 */
export function runRounds(
  step: PlannedStep,
  place: StepPlace,
  names: Names,
  run: StepRunner,
): Observable<StepProgress | StepDone> {
  const { repeat } = step;
  if (!repeat) return run(step, place, names);

  const round = (number: number, previous: unknown, spent: Usage | undefined): Observable<StepProgress | StepDone> =>
    run(step, { ...place, round: number - 1 }, { ...names, previous }).pipe(
      mergeMap((message) => {
        if (message.type !== 'done') return of(message);
        const usage = sumUsage(spent, message.usage);
        return defer(() => {
          if (isReached(message.value, previous)) return of({ ...message, usage });
          if (number < repeat.max) return round(number + 1, message.value, usage);
          throw new StepError(step.id, place.key, exhausted(repeat, message));
        });
      }),
    );

  const isReached = (value: unknown, previous: unknown): boolean => {
    try {
      return trueOrFalse(repeat.until.render({ ...names, previous, [step.id]: value }), 'repeat.until');
    } catch (error) {
      throw new StepError(step.id, place.key, error);
    }
  };

  return round(1, null, undefined);
}

function exhausted({ max, until }: NonNullable<PlannedStep['repeat']>, { value, thinking }: StepDone): OllamaError {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const message = `\`repeat.until\` was not true after ${max} rounds: ${until.text ?? ''}`;
  return new OllamaError('REPEAT_EXHAUSTED', message, { partial: { text, thinking } });
}
