import type { Usage } from '@millrace/core';
import { OllamaError } from '@millrace/errors';
import type { StepOutput } from '../step-kind.ts';

/**
 * Whether an answer that came is one to the whole prompt: a server that is too old for `truncate: false` cuts the prompt to its window, and any
 * of them drops the beginning of it when the answer goes on behind the end. In a window that the workflow says the latter is its own choice.
 *
 * @param limit Tokens of the window. @param isChosen Whether it was chosen for the rows, and not said by the workflow.
 * @returns The error; undefined where all is well.
 */
export function overflowOf(
  { text, thinking }: Pick<StepOutput, 'text' | 'thinking'>,
  { promptTokens, outputTokens }: Usage,
  limit: number,
  isChosen: boolean,
): OllamaError | undefined {
  const needed = promptTokens + outputTokens;
  const isCut = promptTokens >= limit;
  if (!isCut && !(isChosen && needed > limit)) return undefined;
  const what = isCut
    ? `The server has cut the prompt to its window of ${limit} tokens, and answered.`
    : `The answer went on behind the end of the window of ${limit} tokens, so that the beginning of the prompt was dropped: ${promptTokens} tokens of prompt and ${outputTokens} of answer.`;
  return new OllamaError('CONTEXT_OVERFLOW', what, { needed, limit, partial: { text, thinking } });
}
