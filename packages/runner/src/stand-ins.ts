import type { PlannedStep } from '@millrace/schema';

/** The steps of one row that run only where another one failed (`on_error: { run: STEP }`). */
export interface StandIns {
  /** Whether the step waits to be wanted. */
  has(step: string): boolean;
  /** A step has ended without needing its stand-in; gives the one that nobody can want any more. */
  unneeded(step: string): string | undefined;
  /** A failed step waits for the stand-in's value. */
  want(standIn: string, failed: string): void;
  /** The failed steps that wait for it; they no longer do. */
  takeWaiting(standIn: string): readonly string[];
}

/** Who may want which step, for one row. */
export function createStandIns(steps: readonly PlannedStep[]): StandIns {
  const undecided = new Map<string, Set<string>>();
  const waiting = new Map<string, string[]>();
  const standInOf = new Map<string, string>();
  for (const { id, onError } of steps) {
    if (typeof onError !== 'object' || !('run' in onError)) continue;
    standInOf.set(id, onError.run);
    undecided.set(onError.run, (undecided.get(onError.run) ?? new Set()).add(id));
  }
  return {
    has: (step) => undecided.has(step),
    unneeded: (step) => {
      const standIn = standInOf.get(step);
      const left = standIn === undefined ? undefined : undecided.get(standIn);
      left?.delete(step);
      return left?.size === 0 && !waiting.has(standIn as string) ? standIn : undefined;
    },
    want: (standIn, failed) => {
      undecided.get(standIn)?.delete(failed);
      waiting.set(standIn, [...(waiting.get(standIn) ?? []), failed]);
    },
    takeWaiting: (standIn) => {
      const steps = waiting.get(standIn) ?? [];
      waiting.set(standIn, []);
      return steps;
    },
  };
}
