import type { OpenLlama } from '../inference/open-llama.ts';
import type { AnswerGrammar } from '../inference/sampling.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { runnerError } from '../wire/request-error.ts';

/** A grammar at its beginning, for one answer; undefined where there is no grammar. */
export function startGrammar(
  { library, llama }: OpenLlama,
  { model, withoutControlTokens }: LoadedModel,
  grammar: string | undefined,
): AnswerGrammar | undefined {
  if (grammar === undefined) return undefined;
  try {
    const parsed = new library.LlamaGrammar(llama, { grammar });
    return { state: new library.LlamaGrammarEvaluationState({ model, grammar: parsed }), bias: withoutControlTokens() };
  } catch (error) {
    throw runnerError(`failed to parse grammar: ${error instanceof Error ? error.message : error}`);
  }
}
