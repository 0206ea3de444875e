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

/** Of rows without any. */
const none: StandIns = {
  has: () => false,
  unneeded: () => undefined,
  want: () => {},
  takeWaiting: () => [],
};

/** Who may want which step, for one row. */
export function createStandIns(steps: readonly PlannedStep[]): StandIns {
  return steps.some(({ onError }) => standInOf(onError) !== undefined) ? standInsOf(steps) : none;
}

const standInOf = (onError: PlannedStep['onError']): string | undefined =>
  typeof onError === 'object' && 'run' in onError ? onError.run : undefined;

function standInsOf(steps: readonly PlannedStep[]): StandIns {
  const undecided = new Map<string, Set<string>>();
  const waiting = new Map<string, string[]>();
  const byStep = new Map<string, string>();
  for (const { id, onError } of steps) {
    const standIn = standInOf(onError);
    if (standIn === undefined) continue;
    byStep.set(id, standIn);
    undecided.set(standIn, (undecided.get(standIn) ?? new Set()).add(id));
  }
  return {
    has: (step) => undecided.has(step),
    unneeded: (step) => {
      const standIn = byStep.get(step);
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
