import { describeError, isMillraceError, MillraceError, StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { Observable, Subscription } from 'rxjs';
import type { RowEnd, RunEvent, StepEnd } from './events.ts';
import { trueOrFalse } from './expression-values.ts';
import type { RowItems, RowRecord } from './journal/row-record.ts';
import { attemptsOf, lastAnswerOf } from './last-answer-of.ts';
import type { Row } from './row.ts';
import { runElements, type WholeStep } from './run-elements.ts';
import { isParked } from './stages/parked.ts';
import { createStandIns } from './stand-ins.ts';
import type { Names, RowRunner } from './step-runner.ts';

/** The steps of a workflow, ready to be run for any row. */
export interface RowPlan {
  readonly steps: readonly PlannedStep[];
  readonly byId: ReadonlyMap<string, PlannedStep>;
  readonly run: RowRunner;
  /** What is saved of a row, by these names. */
  fieldsOf(names: Names): Readonly<Record<string, unknown>>;
  /** What the ok values of a row that did not fail, by step, are worth to the reduces. */
  itemsOf(names: Names, values: ReadonlyMap<string, readonly unknown[]>): readonly RowItems[];
}

/** All that a row came to. */
export interface RowOutcome {
  readonly end: RowEnd;
  /** The steps that ended. */
  readonly steps: readonly StepEnd[];
  readonly items: readonly RowItems[];
}

/** Where a row's answers go and come from, and its outcome goes. */
export interface RowBook {
  readonly record: RowRecord | undefined;
  /** Steps that ended in an earlier stage, and were said then. */
  readonly endedBefore: ReadonlySet<string>;
  /** The row has to wait for a later stage. Resolves when that is durable. */
  park(model: string, ended: readonly string[]): Promise<void>;
  /** Resolves when the outcome is durable. */
  finish(outcome: RowOutcome): Promise<void>;
  /** Somebody has heard how the row ended. */
  heard(end: RowEnd): void;
}

/** What a step ends with. */
type Ending = Pick<StepEnd, 'status' | 'value' | 'usage' | 'error'>;

/**
 * Runs the steps of one row, each as soon as what it reads is there, and ends with `row-end` when its outcome is durable. A step that fails
 * does what its `on_error` says; where that is to fail, the row fails and its other steps are stopped. Unsubscribing stops them all.
 *
 * @throws What the book throws, and nothing else.
 */
export function runRow(
  row: Row,
  inputs: Readonly<Record<string, unknown>>,
  plan: RowPlan,
  book: RowBook,
): Observable<RunEvent> {
  return new Observable((subscriber) => {
    const running = new Subscription();
    const facts: Record<string, unknown> = {};
    const names: Names = { inputs, steps: facts };
    if (row.value) Object.assign(names, { row: row.value, key: row.key, index: row.index });
    const place = { key: row.key, index: row.index };

    const { byId } = plan;
    const standIns = createStandIns(plan.steps);
    const open = new Map<string, Set<string>>();
    for (const { id, waitsFor } of plan.steps) open.set(id, new Set(waitsFor));
    const ready = plan.steps.filter(({ id, waitsFor }) => waitsFor.length === 0 && !standIns.has(id));
    const started = new Set<string>();
    const wanted = new Set<string>();
    const skipped = new Set<string>();
    const failed = new Map<string, unknown>();
    const values = new Map<string, readonly unknown[]>();
    const runStep = plan.run(book.record);
    const steps: StepEnd[] = [];
    let active = 0;
    let degraded = false;
    /** A step that has to wait for a later stage. */
    let waiting: { readonly step: string; readonly model: string } | undefined;
    let working = false;

    const end = (event: Omit<RowEnd, 'type' | 'key' | 'index'>, items: readonly RowItems[] = []): void => {
      running.unsubscribe();
      const whole: RowEnd = { type: 'row-end', ...place, ...event };
      book.finish({ end: whole, steps, items }).then(
        () => {
          if (subscriber.closed) return;
          book.heard(whole);
          subscriber.next(whole);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
    };
    const fail = (error: unknown, aborts = false): void => {
      const answer = lastAnswerOf(error);
      const attempts = attemptsOf(error);
      const more = {
        ...(answer !== undefined && { answer }),
        ...(attempts !== undefined && { attempts }),
        ...(error instanceof StepError && { step: error.stepId }),
        ...(aborts && { aborts }),
      };
      end({ status: 'failed', error: describeError(error), ...more });
    };
    const park = ({ step, model }: NonNullable<typeof waiting>): void => {
      running.unsubscribe();
      const ended = steps.map((end) => end.step);
      book.park(model, ended).then(
        () => {
          if (subscriber.closed) return;
          subscriber.next({ type: 'row-parked', ...place, step, model });
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
    };
    const attempt = (action: () => void, step: string): void => {
      try {
        action();
      } catch (error) {
        fail(new StepError(step, row.key, error));
      }
    };

    // A loop, not calls that call each other: a chain of thousands of steps without a model would end the stack.
    const work = (): void => {
      if (working) return;
      working = true;
      for (let step = ready.shift(); step && !running.closed; step = ready.shift()) start(step);
      working = false;
      if (running.closed || subscriber.closed) return;
      if (open.size === 0) finishRow();
      else if (active === 0 && waiting !== undefined) park(waiting);
      else if (active === 0) fail(deadlock([...open.keys()], row.key));
    };

    const start = (step: PlannedStep): void =>
      attempt(() => {
        if (started.has(step.id)) return; // two steps may want the same stand-in
        started.add(step.id);
        const isLeftOut = !step.for && step.when && !trueOrFalse(step.when.render(names), 'when');
        if (isLeftOut || step.needs.some((id) => skipped.has(id))) settle(step, { status: 'skipped', value: null });
        else run(step);
      }, step.id);

    const run = (step: PlannedStep): void => {
      active++;
      let done: WholeStep | undefined;
      running.add(
        runElements(step, { step: step.id, ...place }, names, runStep).subscribe({
          next: (message) => {
            if (message.type === 'done') done = message;
            else if (!book.endedBefore.has(step.id)) subscriber.next(message);
          },
          error: (error: unknown) => {
            active--;
            if (isParked(error)) waiting ??= { step: step.id, model: error.model };
            else attempt(() => recover(step, error), step.id);
            work();
          },
          complete: () => {
            active--;
            if (done) finish(step, done);
            else recover(step, new StepError(step.id, row.key, new Error('it ended without a value')));
            work();
          },
        }),
      );
    };

    const finish = (step: PlannedStep, { value, thinking, usage, messages, items = [value] }: WholeStep): void => {
      facts[step.id] = { status: 'ok', thinking, usage: usage ?? null, messages, error: null };
      values.set(step.id, items);
      settle(step, { status: 'ok', value, ...(usage && { usage }) });
    };

    const recover = (step: PlannedStep, error: unknown): void => {
      const { onError } = step;
      failed.set(step.id, error);
      if (onError === 'fail' || onError === 'abort') fail(error, onError === 'abort');
      else if (onError === 'skip') {
        degraded = true;
        settle(step, { status: 'skipped', value: null });
      } else {
        note(step.id, 'ok');
        names[step.id] = null;
        if ('run' in onError) callStandIn(step, onError.run, error);
        else standIn(step, onError.use.render(names));
      }
    };

    const standIn = (step: PlannedStep, value: unknown): void => {
      values.set(step.id, [value]);
      settle(step, { status: 'ok', value });
    };

    const callStandIn = (step: PlannedStep, id: string, error: unknown): void => {
      const other = byId.get(id);
      if (!other || (failed.has(id) && open.has(id))) {
        fail(error); // two that stand in for each other
        return;
      }
      standIns.want(id, step.id);
      wanted.add(id);
      const waits = open.get(id);
      // It may read what is known of the step that it stands in for.
      waits?.delete(step.id);
      if (!waits) giveStandIn(id);
      else if (waits.size === 0) ready.push(other);
    };

    const giveStandIn = (id: string): void => {
      for (const waiting of standIns.takeWaiting(id)) {
        const step = byId.get(waiting) as PlannedStep;
        if (skipped.has(id)) settle(step, { status: 'skipped', value: null });
        else standIn(step, names[id]);
      }
    };

    const note = (id: string, status: StepEnd['status']): void => {
      const error = failed.has(id) ? describeError(failed.get(id)) : null;
      facts[id] = { status, thinking: '', usage: null, messages: [], error };
    };

    const settle = (step: PlannedStep, ending: Ending): void => {
      const { id } = step;
      if (ending.status === 'skipped') {
        skipped.add(id);
        note(id, 'skipped');
      }
      names[id] = ending.value;
      open.delete(id);
      const ended: StepEnd = Object.assign(
        { type: 'step-end' as const, key: row.key, index: row.index, step: id },
        ending,
        failed.has(id) && { error: describeError(failed.get(id)) },
        ending.status === 'ok' && expectedOf(step, names),
      );
      steps.push(ended);
      subscriber.next(book.endedBefore.has(id) ? saidAgain(ended) : ended);
      for (const [next, waits] of open) {
        if (!waits.delete(id) || waits.size > 0) continue;
        if (!standIns.has(next) || wanted.has(next)) ready.push(byId.get(next) as PlannedStep);
      }
      const unwanted = standIns.unneeded(id);
      if (unwanted !== undefined) settle(byId.get(unwanted) as PlannedStep, { status: 'skipped', value: null });
      giveStandIn(id);
    };

    const finishRow = (): void =>
      attempt(() => {
        const fields = plan.fieldsOf(names);
        end({ status: degraded ? 'degraded' : 'ok', fields }, plan.itemsOf(names, values));
      }, plan.steps.at(-1)?.id ?? '');

    work();
    return running;
  });
}

/** The tokens were counted when it was said first. */
const saidAgain = ({ usage: _usage, ...ended }: StepEnd): StepEnd => ({ ...ended, reused: true });

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

const deadlock = (steps: readonly string[], key: string): StepError =>
  new StepError(
    steps[0] ?? '',
    key,
    new MillraceError('WORKFLOW_INVALID', `these steps wait for each other: ${steps.join(', ')}`),
  );
