import { describeError, isMillraceError, MillraceError, StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { Observable, Subscription } from 'rxjs';
import type { RowEnd, RunEvent, StepEnd } from './events.ts';
import type { Row } from './row.ts';
import type { runStep, StepCall, StepDone } from './run-step.ts';

/** The steps of a workflow, ready to be called for any row. */
export interface RowPlan {
  readonly steps: readonly PlannedStep[];
  /** Renders a step for these names; throws what its expressions throw. */
  callOf(step: PlannedStep, place: StepCall['place'], names: Names): StepCall;
  call(call: StepCall): ReturnType<typeof runStep>;
  /** What is saved of a row, by these names. */
  fieldsOf(names: Names): Readonly<Record<string, unknown>>;
}

/** What expressions may read: `row`, `inputs`, `key`, `index`, `steps`, and the value of each step that has ended. */
export type Names = Record<string, unknown>;

/**
 * Runs the steps of one row, each as soon as what it reads is there, and ends with `row-end`. Never fails: a failed step makes the row
 * fail and stops its other steps. Unsubscribing stops them all.
 */
export function runRow(row: Row, inputs: Readonly<Record<string, unknown>>, plan: RowPlan): Observable<RunEvent> {
  return new Observable((subscriber) => {
    const running = new Subscription();
    const facts: Record<string, unknown> = {};
    const names: Names = { inputs, steps: facts };
    if (row.value) Object.assign(names, { row: row.value, key: row.key, index: row.index });
    const skipped = new Set<string>();
    const open = new Map(plan.steps.map((step) => [step.id, new Set(step.waitsFor)]));
    const place = { key: row.key, index: row.index };

    const end = (event: RowEnd): void => {
      running.unsubscribe();
      subscriber.next(event);
      subscriber.complete();
    };
    const fail = (error: unknown): void =>
      end({ type: 'row-end', ...place, status: 'failed', error: describeError(error) });

    const attempt = (action: () => void, step: string): void => {
      try {
        action();
      } catch (error) {
        fail(new StepError(step, row.key, error));
      }
    };

    const settle = (
      step: PlannedStep,
      status: StepEnd['status'],
      done: Omit<StepEnd, 'type' | 'key' | 'index' | 'step' | 'status'>,
    ): void => {
      names[step.id] = done.value;
      open.delete(step.id);
      subscriber.next({ type: 'step-end', ...place, step: step.id, status, ...done });
      const ready = plan.steps.filter(({ id }) => open.get(id)?.delete(step.id) && open.get(id)?.size === 0);
      for (const next of ready) start(next);
      if (open.size === 0)
        attempt(() => end({ type: 'row-end', ...place, status: 'ok', fields: plan.fieldsOf(names) }), step.id);
    };

    const start = (step: PlannedStep): void => {
      if (subscriber.closed || running.closed) return;
      attempt(() => {
        if (step.needs.some((id) => skipped.has(id)) || (step.when && !isTrue(step.when.render(names)))) {
          skipped.add(step.id);
          facts[step.id] = { status: 'skipped', thinking: '', usage: null, messages: [], error: null };
          settle(step, 'skipped', { value: null });
        } else run(step);
      }, step.id);
    };

    const run = (step: PlannedStep): void => {
      const call = plan.callOf(step, { ...place, step: step.id }, names);
      running.add(
        plan.call(call).subscribe({
          next: (message) =>
            message.type === 'done' ? attempt(() => finish(step, message), step.id) : subscriber.next(message),
          error: fail,
        }),
      );
    };

    const finish = (step: PlannedStep, { value, output }: StepDone): void => {
      const { thinking, usage, messages } = output;
      facts[step.id] = { status: 'ok', thinking, usage, messages, error: null };
      const expected = expectedOf(step, { ...names, [step.id]: value });
      settle(step, 'ok', { value, usage, ...expected });
    };

    for (const step of plan.steps) if (step.waitsFor.length === 0) start(step);
    return running;
  });
}

function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new MillraceError('EXPRESSION_FAILED', `\`when\` gave ${JSON.stringify(value)}, and must give true or false.`);
}

/** What `expect` names; nothing where it cannot be evaluated, for it never fails a row. */
function expectedOf({ expect }: PlannedStep, names: Names): { readonly expected?: unknown } {
  if (!expect) return {};
  try {
    return { expected: expect.render(names) };
  } catch (error) {
    if (isMillraceError(error)) return {};
    throw error;
  }
}
