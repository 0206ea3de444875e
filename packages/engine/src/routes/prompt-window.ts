import type { Token } from 'node-llama-cpp';
import { usualNumCtx } from '../inference/context-slot.ts';
import { cutMiddle, fits } from '../inference/fit-prompt.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { AnswerRequest } from '../wire/generate-request.ts';
import type { GenerationOptions } from '../wire/read-options.ts';
import { RequestError, runnerError } from '../wire/request-error.ts';

/** The window of a request: at least 4, at most what the model was trained with. */
export function promptWindow(options: GenerationOptions, trained: number): number {
  return Math.min(Math.max(options.numCtx ?? usualNumCtx, 4), trained);
}

/** Makes a prompt fit its window, or refuses it, as the request asks. */
export function fitPrompt(
  tokens: readonly Token[],
  request: AnswerRequest,
  options: GenerationOptions,
  { model }: LoadedModel,
): readonly Token[] {
  const numCtx = promptWindow(options, model.trainContextSize);
  if (fits(tokens, numCtx)) return tokens;
  if (!request.truncate) {
    const sizes = { n_prompt_tokens: tokens.length, n_ctx: numCtx };
    const text = `request (${tokens.length} tokens) exceeds the available context size (${numCtx} tokens), try increasing it`;
    throw runnerError(text, 'exceed_context_size_error', sizes);
  }
  if (!request.shift) {
    const advice = 'shorten the prompt, raise num_ctx, or allow the context to shift';
    throw new RequestError(
      400,
      `the prompt is longer than the context length currently available to the model; ${advice}`,
    );
  }
  const begin = model.tokens.bos !== null && tokens[0] === model.tokens.bos ? 1 : 0;
  return cutMiddle(tokens, numCtx, options.numKeep < 0 ? options.numKeep : options.numKeep + begin);
}
