import { randomInt } from 'node:crypto';
import type { LlamaGrammarEvaluationState, SequenceEvaluateOptions, Token, TokenBias } from 'node-llama-cpp';
import type { GenerationOptions } from '../wire/read-options.ts';

/** What binds an answer: a grammar at its beginning, and the tokens that are none of its business. */
export interface AnswerGrammar {
  readonly state: LlamaGrammarEvaluationState;
  readonly bias: TokenBias;
}

/** How the next token is chosen, in the words of the library. @param seen The tokens so far, prompt included; grows. */
export function samplingOptions(
  options: GenerationOptions,
  seen: readonly Token[],
  numCtx: number,
  grammar: AnswerGrammar | undefined,
): SequenceEvaluateOptions {
  return {
    temperature: Math.max(options.temperature, 0),
    topK: Math.max(options.topK, 0),
    topP: options.topP,
    minP: options.minP,
    seed: options.seed < 0 ? randomInt(2 ** 32) : options.seed % 2 ** 32,
    yieldEogToken: true,
    ...(grammar === undefined ? {} : { grammarEvaluationState: grammar.state, tokenBias: grammar.bias }),
    ...repeatPenalty(options, seen, numCtx),
  };
}

function repeatPenalty(
  options: GenerationOptions,
  seen: readonly Token[],
  numCtx: number,
): Pick<SequenceEvaluateOptions, 'repeatPenalty'> {
  const { repeatPenalty: penalty, presencePenalty, frequencyPenalty, repeatLastN } = options;
  const last = repeatLastN < 0 ? numCtx : Math.min(repeatLastN, numCtx);
  if (last === 0 || (penalty === 1 && presencePenalty === 0 && frequencyPenalty === 0)) return {};
  const punishTokens = () => seen.slice(-last);
  return { repeatPenalty: { punishTokens, maxPunishTokens: last, penalty, presencePenalty, frequencyPenalty } };
}
