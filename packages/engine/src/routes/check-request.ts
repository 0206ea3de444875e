import { formatGrammar } from '../grammar/format-grammar.ts';
import type { AnswerRequest } from '../wire/generate-request.ts';
import { type GenerationOptions, readOptions } from '../wire/read-options.ts';
import { RequestError, runnerError } from '../wire/request-error.ts';

/** Refuses more alternatives than Ollama tells. */
export function checkLogprobs({ topLogprobs }: AnswerRequest): void {
  if (topLogprobs < 0 || topLogprobs > 20) throw new RequestError(400, 'top_logprobs must be between 0 and 20');
}

/** Refuses thinking, which no model here does, and reads the options: in the order in which Ollama checks them. */
export function checkThinkAndOptions(request: AnswerRequest): GenerationOptions {
  if (request.think) throw new RequestError(400, `"${request.model}" does not support thinking`);
  return readOptions(request.options);
}

/** Refuses images and turns `format` into a grammar; undefined where any text will do. */
export function checkImagesAndFormat(request: AnswerRequest): string | undefined {
  if (request.images > 0) {
    throw runnerError('Multimodal data provided, but model does not support multimodal requests.');
  }
  return formatGrammar(request.format);
}
