import type { GroupEnd, StepEnd } from '@millrace/runner';
import type { Attributes, Context } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { errorCode } from './error-code.ts';
import type { StartSpan } from './spans.ts';
import { openStep, type StepTrace } from './step-trace.ts';

/** How a row, or a group, ended. */
export interface RowEnding {
  readonly attributes: Attributes;
  /** Its code. */
  readonly error?: string | undefined;
  /** The step that failed. */
  readonly failedStep?: string | undefined;
  /** What became of the other steps that had begun. */
  readonly others: 'cancelled' | 'parked';
}

/** The span of a row, or of a group, and those of its steps. */
export interface RowTrace {
  /** A step of it, which begins where it has not yet. */
  step(id: string): StepTrace;
  stepEnded(event: StepEnd | GroupEnd): void;
  end(ending: RowEnding): void;
}

/** Begins the span of a row or a group. @param parent Of the run. */
export function openRow(start: StartSpan, parent: Context, name: 'row' | 'group', attributes: Attributes): RowTrace {
  const row = start(name, attributes, parent);
  const steps = new Map<string, StepTrace>();
  let skipped = 0;
  let reused = 0;
  const step = (id: string): StepTrace => {
    const open = steps.get(id) ?? openStep(start, row.context, id);
    steps.set(id, open);
    return open;
  };
  return {
    step,
    stepEnded: (event) => {
      const { status, error } = event;
      // One that fails before its first call has no other place to say so.
      if (steps.has(event.step) || error) step(event.step).end(status, error && errorCode(error));
      else if (status === 'skipped') skipped++;
      else reused++;
      steps.delete(event.step);
    },
    end: ({ attributes, error, failedStep, others }) => {
      for (const [id, open] of steps) {
        if (id === failedStep) open.end('failed', error);
        else open.end(others);
      }
      steps.clear();
      row.end(
        {
          ...attributes,
          ...(skipped > 0 && { [names.stepsSkipped]: skipped }),
          ...(reused > 0 && { [names.stepsReused]: reused }),
        },
        error,
      );
    },
  };
}
