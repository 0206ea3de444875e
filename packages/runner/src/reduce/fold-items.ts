import type { PlannedStep } from '@millrace/schema';
import { concat, defer, EMPTY, filter, finalize, map, type Observable, tap } from 'rxjs';
import { mergePulled } from '../merge-pulled.ts';
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
 * one is left. The order of the items is kept throughout; one result that is left over goes to the next round as it is. Of the items only
 * those of the batches in work are in memory.
 */
export function foldItems(
  items: Iterable<unknown>,
  fold: NonNullable<PlannedStep['over']>['fold'],
  call: CallItems,
  roomFor: () => number,
): Observable<StepProgress | WholeStep> {
  const foldOnce = (
    round: number,
    values: Iterable<unknown>,
    spent: WholeStep['usage'],
  ): Observable<StepProgress | WholeStep> => {
    const batches = batchesOf(values, fold, roomFor);
    const first = batches.next();
    const second = first.done ? first : batches.next();
    if (second.done) return call(first.value ?? [], round === 0 ? {} : { round }).pipe(withUsage(spent));
    const isFirst = round === 0;
    const results: unknown[] = [];
    let usage = spent;
    const pulled = async function* (): AsyncGenerator<readonly unknown[]> {
      yield first.value ?? [];
      yield second.value;
      yield* batches;
    };
    let next = 0;
    const foldBatch = (batch: readonly unknown[]): Observable<StepProgress> => {
      const index = next++;
      if (!isFirst && batch.length === 1) {
        results[index] = batch[0];
        return EMPTY;
      }
      return call(batch, { round, element: index }).pipe(
        tap((message) => {
          if (message.type !== 'done') return;
          results[index] = message.value;
          usage = sumUsage(usage, message.usage);
        }),
        filter((message): message is StepProgress => message.type !== 'done'),
      );
    };
    const calls = mergePulled(pulled(), () => batchesAtOnce, foldBatch).pipe(finalize(() => batches.return(undefined)));
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
