import type { PlannedStep } from '@millrace/schema';
import type { RunEvent } from './events.ts';

/** Notes what a run without rows is worth. */
export interface LastValue {
  note(event: RunEvent): void;
  /** The value of the step that no other reads; a map by name where there are several. */
  value(): unknown;
}

/** Watches the steps that no other step reads, and that stand in for none. */
export function createLastValue(steps: readonly PlannedStep[]): LastValue {
  const standIns = steps.flatMap(({ onError }) => (typeof onError === 'object' && 'run' in onError ? onError.run : []));
  const read = new Set([...steps.flatMap(({ waitsFor }) => waitsFor), ...standIns]);
  const last = steps.filter(({ id }) => !read.has(id)).map(({ id }) => id);
  const values = new Map<string, unknown>();
  return {
    note: (event) => {
      if (event.type === 'step-end' && last.includes(event.step)) values.set(event.step, event.value);
    },
    value: () => (last.length === 1 ? values.get(last[0] as string) : Object.fromEntries(values)),
  };
}
