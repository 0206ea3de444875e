import type { StagedCall } from '../stages/stages.ts';

/** A call of a row, as far as the stages of a run depend on it. */
export interface ShapeCall extends StagedCall {
  readonly step: string;
  /** Steps that ask a model and must have ended before. */
  readonly waitsFor: readonly string[];
  /** Whether it does not fit the window of its model. */
  readonly waits: boolean;
}

/** Rows whose calls are alike. */
export interface RowShape {
  readonly rows: number;
  readonly calls: readonly ShapeCall[];
}

/** Counts rows by the calls that they make. */
export interface RowShapes {
  add(calls: readonly ShapeCall[]): void;
  /** In the order in which they came first. */
  all(): readonly RowShape[];
}

/** More kinds of rows than these say nothing new of the models. */
const most = 500;

/** Keeps a bounded number of them: rows of further kinds are not counted. */
export function createRowShapes(): RowShapes {
  const shapes = new Map<string, { rows: number; calls: readonly ShapeCall[] }>();
  return {
    add: (calls) => {
      const name = calls.map(({ step, model, waits }) => `${step} ${model} ${waits}`).join('\n');
      const known = shapes.get(name);
      if (known) {
        known.rows++;
        known.calls = known.calls.map((call, index) => ({
          ...call,
          tokens: Math.max(call.tokens, calls[index]?.tokens ?? 0),
        }));
      } else if (shapes.size < most) shapes.set(name, { rows: 1, calls });
    },
    all: () => [...shapes.values()],
  };
}
