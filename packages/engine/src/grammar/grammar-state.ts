import type { LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import type { OpenLlama } from '../inference/open-llama.ts';
import { runnerError } from '../wire/request-error.ts';

/** A grammar at its beginning, for one answer; undefined where there is no grammar. */
export function createGrammarState(
  { library, llama }: OpenLlama,
  model: LlamaModel,
  grammar: string | undefined,
): LlamaGrammarEvaluationState | undefined {
  if (grammar === undefined) return undefined;
  try {
    const parsed = new library.LlamaGrammar(llama, { grammar });
    return new library.LlamaGrammarEvaluationState({ model, grammar: parsed });
  } catch (error) {
    throw runnerError(`failed to parse grammar: ${error instanceof Error ? error.message : error}`);
  }
}
