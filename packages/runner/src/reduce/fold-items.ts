import type { PlannedStep } from '@millrace/schema';
import { concat, defer, filter, from, map, mergeMap, type Observable, tap } from 'rxjs';
import type { WholeStep } from '../run-elements.ts';
import type { StepProgress } from '../run-step.ts';
import { sumUsage } from '../sum-usage.ts';
import { batchesOf } from './batches.ts';

/** Makes one call for these items. */
export type CallItems = (items: readonly unknown[]) => Observable<StepProgress | WholeStep>;

/** Batches in work at once; the lanes let through what they can. */
const batchesAtOnce = 64;

/**
 * The value of a group: of all items in one call, or with `fold` of a batch of them each, and then of the results in the same way until
 * one is left. The order of the items is kept throughout; one result that is left over goes to the next round as it is.
 */
export function foldItems(
  items: readonly unknown[],
  fold: NonNullable<PlannedStep['over']>['fold'],
  call: CallItems,
  roomFor: () => number,
): Observable<StepProgress | WholeStep> {
  const round = (values: readonly unknown[], spent: WholeStep['usage']): Observable<StepProgress | WholeStep> => {
    const batches = batchesOf(values, fold, roomFor);
    const [only] = batches;
    if (batches.length <= 1) return call(only ?? []).pipe(withUsage(spent));
    const isFirst = values === items;
    const results: unknown[] = [];
    let usage = spent;
    const calls = from(batches).pipe(
      mergeMap((batch, index) => {
        if (!isFirst && batch.length === 1) {
          results[index] = batch[0];
          return [];
        }
        return call(batch).pipe(
          tap((message) => {
            if (message.type !== 'done') return;
            results[index] = message.value;
            usage = sumUsage(usage, message.usage);
          }),
          filter((message): message is StepProgress => message.type !== 'done'),
        );
      }, batchesAtOnce),
    );
    return concat(
      calls,
      defer(() => round(results, usage)),
    );
  };
  return round(items, undefined);
}

const withUsage =
  (spent: WholeStep['usage']) =>
  (messages: Observable<StepProgress | WholeStep>): Observable<StepProgress | WholeStep> =>
    messages.pipe(
      map((message) => (message.type === 'done' ? { ...message, usage: sumUsage(spent, message.usage) } : message)),
    );
