import { describeError, StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { catchError, defer, from, map, mergeMap, type Observable, of } from 'rxjs';
import type { GroupEnd, RunEvent } from '../events.ts';
import { trueOrFalse } from '../expression-values.ts';
import { lastAnswerOf } from '../last-answer-of.ts';
import { runElements } from '../run-elements.ts';
import type { Names, StepRunner } from '../step-runner.ts';
import { roomForItems } from './batches.ts';
import { foldItems } from './fold-items.ts';
import type { Group, GroupName, ItemStore } from './item-store.ts';

/** What reduces run with. */
export interface ReduceTools {
  readonly store: ItemStore;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly run: StepRunner;
}

/** Groups in work at once; the lanes let through what they can. */
const groupsAtOnce = 64;

/**
 * Runs every step with `over`, once for each of its groups, when all rows are final. Never fails: a group that fails is a `group-end`,
 * and the others go on.
 */
export function runReduces(steps: readonly PlannedStep[], tools: ReduceTools): Observable<RunEvent> {
  const groups = function* (): Generator<() => Observable<RunEvent>> {
    for (const step of steps) {
      if (!step.over) continue;
      let index = 0;
      for (const group of tools.store.groups(step.id)) {
        const place = { key: groupText(group.group), index: index++, step: step.id };
        yield () => runGroup(step, place, group, tools);
      }
    }
  };
  return defer(() => from(groups())).pipe(mergeMap((start) => start(), groupsAtOnce));
}

/** How a group is called where rows have their key. */
const groupText = (group: GroupName): string => (group === null ? 'all' : String(group));

function runGroup(
  step: PlannedStep,
  place: { readonly key: string; readonly index: number; readonly step: string },
  { group, items }: Group,
  { inputs, run }: ReduceTools,
): Observable<RunEvent> {
  const end = (ending: Pick<GroupEnd, 'status'> & Partial<GroupEnd>): GroupEnd => ({
    type: 'group-end',
    ...place,
    group,
    count: items.length,
    ...ending,
  });
  const names: Names = { inputs, group, items };
  return defer(() => {
    if (step.when && !trueOrFalse(step.when.render(names), 'when')) return of(end({ status: 'skipped', value: null }));
    const call = (batch: readonly unknown[]) => runElements(step, place, { ...names, items: batch }, run);
    return foldItems(items, step.over?.fold, call, () => roomForItems(step, names)).pipe(
      map(
        (message): RunEvent =>
          message.type === 'done'
            ? end({ status: 'ok', value: message.value, ...(message.usage && { usage: message.usage }) })
            : message,
      ),
    );
  }).pipe(catchError((error: unknown) => of(recover(step, names, error, place.key, end))));
}

/** What `on_error` says; a reduce has no other step to run in its place. */
function recover(
  { id, onError }: PlannedStep,
  names: Names,
  cause: unknown,
  key: string,
  end: (ending: Pick<GroupEnd, 'status'> & Partial<GroupEnd>) => GroupEnd,
): GroupEnd {
  const failed = (error: unknown): GroupEnd => {
    const own = error instanceof StepError ? error : new StepError(id, key, error);
    const answer = lastAnswerOf(error);
    return end({
      status: 'failed',
      error: describeError(own),
      ...(answer !== undefined && { answer }),
      ...(onError === 'abort' && { aborts: true }),
    });
  };
  if (onError === 'skip') return end({ status: 'skipped', value: null, error: describeError(cause) });
  if (typeof onError !== 'object' || !('use' in onError)) return failed(cause);
  try {
    return end({ status: 'ok', value: onError.use.render(names), error: describeError(cause) });
  } catch (error) {
    return failed(error);
  }
}
