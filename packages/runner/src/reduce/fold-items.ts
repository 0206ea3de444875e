import type { PlannedStep } from '@millrace/schema';
import { concat, defer, filter, from, map, mergeMap, type Observable, tap } from 'rxjs';
import type { WholeStep } from '../run-elements.ts';
import type { StepProgress } from '../run-step.ts';
import { sumUsage } from '../sum-usage.ts';
import { batchesOf } from './batches.ts';

/** Which call of a group it is; absent where the group needs one only. */
export interface FoldPlace {
  /** How often the items were folded before. */
  readonly round?: number;
  /** Which batch of the round. */
  readonly element?: number;
}

/** Makes one call for these items. */
export type CallItems = (items: readonly unknown[], place: FoldPlace) => Observable<StepProgress | WholeStep>;

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
  const foldOnce = (
    round: number,
    values: readonly unknown[],
    spent: WholeStep['usage'],
  ): Observable<StepProgress | WholeStep> => {
    const batches = batchesOf(values, fold, roomFor);
    const [only] = batches;
    if (batches.length <= 1) return call(only ?? [], round === 0 ? {} : { round }).pipe(withUsage(spent));
    const isFirst = round === 0;
    const results: unknown[] = [];
    let usage = spent;
    const calls = from(batches).pipe(
      mergeMap((batch, index) => {
        if (!isFirst && batch.length === 1) {
          results[index] = batch[0];
          return [];
        }
        return call(batch, { round, element: index }).pipe(
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
      defer(() => foldOnce(round + 1, results, usage)),
    );
  };
  return foldOnce(0, items, undefined);
}

const withUsage =
  (spent: WholeStep['usage']) =>
  (messages: Observable<StepProgress | WholeStep>): Observable<StepProgress | WholeStep> =>
    messages.pipe(
      map((message) => (message.type === 'done' ? { ...message, usage: sumUsage(spent, message.usage) } : message)),
    );
