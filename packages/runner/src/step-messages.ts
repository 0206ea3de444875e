import { type Answer, type AnswerMessage, answer, text } from '@millrace/core';
import { connect, map, merge, type OperatorFunction } from 'rxjs';
import type { StepMessage, StepOutput } from './step-kind.ts';

/** Messages of generate or chat to what a step says; a cut answer passes, for the runner to judge. */
export function stepMessages(
  sent: StepOutput['messages'],
  deltas: boolean,
): OperatorFunction<AnswerMessage, StepMessage> {
  const whole: OperatorFunction<AnswerMessage, StepMessage> = (messages) =>
    messages.pipe(
      answer({ acceptTruncated: true }),
      map((reply) => ({ type: 'output', output: outputOf(reply, sent) })),
    );
  if (!deltas) return whole;
  return connect((messages) =>
    merge(
      messages.pipe(
        text(),
        map((piece): StepMessage => ({ type: 'delta', text: piece })),
      ),
      messages.pipe(whole),
    ),
  );
}

const outputOf = ({ content, thinking, doneReason, usage }: Answer, sent: StepOutput['messages']): StepOutput => ({
  text: content,
  thinking,
  truncated: doneReason === 'length',
  doneReason,
  usage,
  messages: [...sent, { role: 'assistant', content }],
});
