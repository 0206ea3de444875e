import type { RunEvent } from '@millrace/runner';

/** What a run really did, without what it had from an earlier time: the measure of its speed. */
export interface RealWork {
  readonly rows: number;
  /** Of answers that a model gave now. */
  readonly outputTokens: number;
  note(event: RunEvent): void;
}

/** Counts the events of a run from its beginning. */
export function createRealWork(): RealWork {
  let rows = 0;
  let outputTokens = 0;
  /** The steps of each row in work that began a call: answers of an earlier time come without one. */
  const asked = new Map<string, Set<string>>();
  return {
    get rows() {
      return rows;
    },
    get outputTokens() {
      return outputTokens;
    },
    note: (event) => {
      if (event.type === 'step-start') {
        const steps = asked.get(event.key);
        if (steps) steps.add(event.step);
        else asked.set(event.key, new Set([event.step]));
      } else if (event.type === 'step-end') {
        if (event.usage && asked.get(event.key)?.has(event.step)) outputTokens += event.usage.outputTokens;
      } else if (event.type === 'row-parked') {
        asked.delete(event.key);
      } else if (event.type === 'row-end') {
        if (!event.reused) rows += 1;
        asked.delete(event.key);
      } else if (event.type === 'group-end') {
        if (event.usage && asked.get(event.key)?.has(event.step)) outputTokens += event.usage.outputTokens;
        asked.get(event.key)?.delete(event.step);
      }
    },
  };
}
