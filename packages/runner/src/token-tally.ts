import type { RunTokens } from './events.ts';

/** What the answers of a run cost, as they come: also those that were refused, and those of rows that do not end. */
export interface TokenTally {
  /** A model gave the answer now. */
  spend(usage: RunTokens | undefined): void;
  /** It was there already, or an equal call gave it. */
  reuse(usage: RunTokens | undefined): void;
  readonly spent: RunTokens;
  readonly reused: RunTokens;
}

/** No tokens. */
export const noTokens: RunTokens = { promptTokens: 0, outputTokens: 0 };

/** One for each run. */
export function createTokenTally(): TokenTally {
  let [spent, reused] = [noTokens, noTokens];
  return {
    spend: (usage) => {
      spent = addTokens(spent, usage);
    },
    reuse: (usage) => {
      reused = addTokens(reused, usage);
    },
    get spent() {
      return spent;
    },
    get reused() {
      return reused;
    },
  };
}

/** Both together. */
export function addTokens(tokens: RunTokens, usage: RunTokens | undefined): RunTokens {
  if (!usage) return tokens;
  return {
    promptTokens: tokens.promptTokens + usage.promptTokens,
    outputTokens: tokens.outputTokens + usage.outputTokens,
  };
}
