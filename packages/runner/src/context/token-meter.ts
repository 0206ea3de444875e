import { estimateTokens } from '@millrace/schema';

/** How many tokens prompts have for each model, as far as its answers have told. */
export interface TokenMeter {
  /** The tokens that a prompt has, about and rather more than less. */
  measure(model: string, texts: readonly string[]): number;
  /** The server has counted a prompt that was measured. */
  learn(model: string, measured: number, counted: number): void;
}

/** What a template adds to each text, at most as a rule. */
const aroundText = 12;
/** The estimate of the language is off by about so much for one model or the other. */
const firstFactor = 1.15;
/** Short prompts tell more of the template than of the text. */
const enoughToLearn = 64;

/** Knows nothing yet. */
export function createTokenMeter(): TokenMeter {
  const factors = new Map<string, number>();
  return {
    measure: (model, texts) => {
      const estimate = texts.reduce((sum, text) => sum + estimateTokens(text) + aroundText, 0);
      return Math.ceil(estimate * (factors.get(model) ?? firstFactor));
    },
    learn: (model, measured, counted) => {
      if (counted < enoughToLearn) return;
      const factor = factors.get(model) ?? firstFactor;
      // A text that has more tokens than was thought says that others may; one that has fewer says little.
      if (counted > measured) factors.set(model, (factor * counted * 1.02) / measured);
    },
  };
}
