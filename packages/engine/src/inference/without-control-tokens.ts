import type { LlamaModel, TokenBias } from 'node-llama-cpp';
import type { LlamaLibrary } from './open-llama.ts';

/**
 * Keeps a model from choosing control tokens other than the ends of a text. A grammar sees one such as `<|user|>` as the
 * letters of its name and lets it into a string, where it would say nothing or end the answer in the middle.
 */
export function withoutControlTokens({ TokenBias }: LlamaLibrary, model: LlamaModel): TokenBias {
  const bias = new TokenBias(model.tokenizer);
  for (const token of model.iterateAllTokens()) {
    const { control, unknown } = model.getTokenAttributes(token);
    if ((control || unknown) && !model.isEogToken(token)) bias.set(token, 'never');
  }
  return bias;
}
