import type { ModelOptions } from '@millrace/core';
import { answerRoom } from '../context/answer-room.ts';
import { textsIn } from '../context/prompt-texts.ts';
import type { TokenMeter } from '../context/token-meter.ts';
import { quoteOf } from '../correction.ts';
import type { StepCall } from '../run-step.ts';
import type { RejectedAnswer } from '../step-kind.ts';

/** What an image takes of a window, about. */
export const tokensOfImage = 768;

/**
 * The tokens that a call needs with its answer, about. A character is a token at the most, or next to that: where so many fit, nothing is
 * measured.
 *
 * @param window That of its model now.
 */
export function tokensOfCall(
  { body, context }: StepCall,
  rejected: RejectedAnswer | undefined,
  options: ModelOptions | undefined,
  window: number,
  meter: TokenMeter,
): number {
  const { system, talk = [], images = [], model } = context;
  const texts = [
    ...textsIn(body),
    ...textsIn(system),
    ...talk.map(({ content }) => content),
    ...(rejected ? [quoteOf(rejected), ...rejected.problems] : []),
  ];
  const beside = answerRoom(options) + images.length * tokensOfImage;
  const most = texts.reduce((sum, text) => sum + text.length + 16, beside);
  return most <= window ? most : meter.measure(model, texts) + beside;
}
