import type { ModelOptions } from '@millrace/core';
import { windowFor } from './ladder.ts';

/** The window of one model in a run. */
export interface ModelWindow {
  /** Tokens that prompt and answer have together. */
  readonly tokens: number;
  /** What the model was trained for: it has no larger window. */
  readonly contextLength: number;
}

/** The windows of a run: one a model at a time, since another one loads the model again. */
export interface Windows {
  /** Undefined where the server's own is left as it is. */
  of(model: string): number | undefined;
  /** The largest that it may come to have; undefined as above. */
  largest(model: string): number | undefined;
  /** Whether so many tokens fit, or no larger window is to be had. */
  fits(model: string, tokens: number): boolean;
  /** Has a larger window from here on. */
  widen(model: string, tokens: number): void;
  /** What a load of the model is asked with: the same object until the window is another. */
  optionsFor(model: string): ModelOptions | undefined;
}

/** @param first By model; what is not there is left to the server. */
export function createWindows(first: ReadonlyMap<string, ModelWindow>): Windows {
  const windows = new Map(first);
  const options = new Map<string, ModelOptions>();
  return {
    of: (model) => windows.get(model)?.tokens,
    largest: (model) => windows.get(model)?.contextLength,
    fits: (model, tokens) => {
      const window = windows.get(model);
      return window === undefined || tokens <= window.tokens || window.tokens >= window.contextLength;
    },
    widen: (model, tokens) => {
      const window = windows.get(model);
      if (!window || tokens <= window.tokens) return;
      windows.set(model, { ...window, tokens: windowFor(tokens, window.contextLength) });
    },
    optionsFor: (model) => {
      const window = windows.get(model);
      if (!window) return undefined;
      const known = options.get(model);
      if (known?.num_ctx === window.tokens) return known;
      const own = { num_ctx: window.tokens };
      options.set(model, own);
      return own;
    },
  };
}
