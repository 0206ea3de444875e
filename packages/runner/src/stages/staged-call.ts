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
  const { system, talk = [], images, model } = context;
  const beside = answerRoom(options) + (images?.length ?? 0) * tokensOfImage;
  const more = rejected ? [quoteOf(rejected), ...rejected.problems] : [];
  const most = beside + lengthOf(body) + lengthOf(system) + lengthOf(talk) + lengthOf(more);
  if (most <= window) return most;
  const texts = [body, system, talk.map(({ content }) => content), more].flatMap(textsIn);
  return meter.measure(model, texts) + beside;
}

/** What a template adds to a text, at most as a rule. */
const aroundText = 16;

/** The characters of all texts in a value. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length + aroundText;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const part of Object.values(value)) length += lengthOf(part);
  return length;
}
