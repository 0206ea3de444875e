import type { Windows } from '../context/windows.ts';
import type { Lanes } from '../lanes/lanes.ts';
import { isResident } from '../lanes/residents.ts';

/** A call, as far as its stage depends on it. */
export interface StagedCall {
  readonly model: string;
  /** Tokens of its prompt and its answer, about. */
  readonly tokens: number;
}

/** Which calls are made now, and which later. */
export interface Stages {
  /** The model that is asked now; undefined before the first call, and where all are. */
  readonly model: string | undefined;
  /** Whether no stage comes behind this one. */
  readonly isLast: boolean;
  /** Whether a call is made in this stage. Where it is not, its row waits for a later one. */
  admits(call: StagedCall): boolean;
  /** Notes a call that has to wait. */
  park(call: StagedCall): void;
  /** Begins the next stage, for the calls that had to wait; undefined where none did. */
  next(): string | undefined;
  /** Admits every call from here on: what runs over all rows comes one step after the other. */
  openAll(): void;
}

/**
 * One stage after the other, each with one model, so that hosts that cannot hold all of them load each once and not once a row. Models that
 * every host is seen to hold at the same time need no stages between them.
 *
 * Calls that do not fit the window of their model are a stage of their own, with a larger one, when the others of the model are made.
 */
export function createStages(lanes: Lanes, windows: Windows): Stages {
  let model: string | undefined;
  let isOpen = false;
  /** Calls that wait, by model: how many, and the tokens of the longest that did not fit. */
  let waiting = new Map<string, { calls: number; tokens: number }>();

  const areTogether = (one: string, other: string): boolean =>
    lanes.all.length > 0 &&
    lanes.all.every(({ residents }) =>
      [one, other].every((name) => isResident(residents, { model: name, options: windows.optionsFor(name) })),
    );

  return {
    get model() {
      return model;
    },
    get isLast() {
      return isOpen;
    },
    admits: (call) => {
      if (isOpen) {
        windows.widen(call.model, call.tokens);
        return true;
      }
      model ??= call.model;
      if (call.model !== model && !areTogether(model, call.model)) return false;
      return windows.fits(call.model, call.tokens);
    },
    park: (call) => {
      const own = waiting.get(call.model) ?? { calls: 0, tokens: 0 };
      own.calls++;
      if (!windows.fits(call.model, call.tokens)) own.tokens = Math.max(own.tokens, call.tokens);
      waiting.set(call.model, own);
    },
    next: () => {
      const before = waiting;
      waiting = new Map();
      const current = model;
      // The same model in a larger window first: what its rows ask of others then joins what the other rows ask of them.
      const same = current !== undefined && before.has(current) ? current : undefined;
      const most = [...before].sort(([, a], [, b]) => b.calls - a.calls)[0]?.[0];
      const chosen = same ?? most;
      if (chosen === undefined) return undefined;
      model = chosen;
      windows.widen(chosen, before.get(chosen)?.tokens ?? 0);
      for (const [name, own] of before) if (name !== chosen) waiting.set(name, own);
      return chosen;
    },
    openAll: () => {
      isOpen = true;
    },
  };
}
