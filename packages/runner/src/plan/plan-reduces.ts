import type { PlannedStep } from '@millrace/schema';
import type { CallTally } from './call-tally.ts';
import { orNothing } from './interval.ts';
import type { PlanStore } from './plan-store.ts';
import type { Interval } from './run-plan.ts';

/** What the calls of a reduce are counted from. */
export interface ReduceQuestion {
  readonly step: PlannedStep;
  readonly store: PlanStore;
  /** Items whose group only answers tell, at most. */
  readonly openItems: number;
  /** The model, where it is the same for all groups. */
  readonly model: string | undefined;
}

/** Counts the calls of a step with `over` for the groups that were found. */
export function planReduce({ step, store, openItems, model }: ReduceQuestion, tally: CallTally): void {
  const { over, when } = step;
  const because = [...(when ? ['`when`'] : []), ...(over?.fold === 'auto' ? ['`fold`'] : [])];
  for (const { items, isFresh } of store.groups(step.id)) {
    const calls = callsOfGroup(items, over?.fold);
    // Of a group whose items are those of the last time the answers may be there, and its items may all be skipped.
    const isSure = isFresh && !when;
    tally.add(
      model,
      isSure ? calls : orNothing(calls),
      isSure ? because : [...because, isFresh ? skippedItems : 'groups that may be there'],
    );
  }
  if (openItems > 0) tally.add(model, { least: 0, most: openItems }, [...because, '`group_by`']);
}

const skippedItems = 'items that may be skipped';

/** Calls for a group of so many items, as `fold` cuts them. */
export function callsOfGroup(items: number, fold: number | 'auto' | undefined): Interval {
  if (fold === undefined || items <= 1) return { least: 1, most: 1 };
  if (fold === 'auto') return { least: 1, most: items - 1 };
  const size = Math.max(2, fold);
  let calls = 0;
  for (let left = items, round = 0; ; round++) {
    const batches = Math.ceil(left / size);
    if (batches === 1) return { least: calls + 1, most: calls + 1 };
    // One that is left over goes to the next round as it is, but for the first.
    calls += batches - (round > 0 && left % size === 1 ? 1 : 0);
    left = batches;
  }
}
