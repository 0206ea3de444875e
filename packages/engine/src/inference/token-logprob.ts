import type { LlamaModel, Token } from 'node-llama-cpp';

/** A token with the natural logarithm of its probability. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** One entry of `logprobs` in an answer. */
export interface AnswerLogprob extends TokenLogprob {
  readonly top_logprobs?: readonly TokenLogprob[];
}

/** The entry for a chosen token. @param probabilities Of the candidates, most probable first. */
export function answerLogprob(
  model: LlamaModel,
  chosen: Token,
  probabilities: ReadonlyMap<Token, number>,
  top: number,
): AnswerLogprob {
  const entry = (token: Token, probability: number): TokenLogprob => {
    const text = model.detokenize([token], false, [token]);
    return { token: text, logprob: Math.log(Math.max(probability, Number.MIN_VALUE)), bytes: [...Buffer.from(text)] };
  };
  const own = entry(chosen, probabilities.get(chosen) ?? 0);
  if (top === 0) return own;
  const best = [...probabilities].slice(0, top).map(([token, probability]) => entry(token, probability));
  return { ...own, top_logprobs: best };
}
