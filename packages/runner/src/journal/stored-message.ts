import type { Usage } from '@millrace/core';
import type { StepMessage, TalkTurn } from '../step-kind.ts';
import type { AnswerPlace, StoredAnswer } from './answer-table.ts';

/** A step's whole answer: the message that ends its stream. */
export type WholeMessage = Exclude<StepMessage, { type: 'delta' }>;

/** An answer as the step gave it. */
export function messageOf({ text, thinking, truncated, usage, value, talk }: StoredAnswer): WholeMessage {
  const spent = usage === null ? undefined : (JSON.parse(usage) as Usage);
  if (value !== null) return { type: 'value', value: JSON.parse(value), ...(spent && { usage: spent }) };
  const sent = JSON.parse(talk) as TalkTurn[] | { readonly whole: TalkTurn[] };
  const content = text ?? '';
  return {
    type: 'output',
    output: {
      text: content,
      thinking: thinking ?? '',
      truncated: truncated === 1,
      usage: spent as Usage,
      messages: Array.isArray(sent) ? [...sent, { role: 'assistant', content }] : sent.whole,
    },
  };
}

/** What of an answer is known before it comes. */
export interface AnswerFacts {
  readonly place: AnswerPlace;
  readonly request: string;
  readonly attempt: number;
  readonly host: string | null;
  readonly determined: boolean;
  readonly at: number;
}

/** An answer as the journal keeps it. The talk is kept without the answer, which stands beside it. */
export function storedAnswer(
  message: WholeMessage,
  { place, request, attempt, host, determined, at }: AnswerFacts,
): StoredAnswer {
  const { step, element, round, piece, asked } = place;
  const isText = message.type === 'output';
  const { usage } = isText ? message.output : message;
  return {
    step,
    element,
    round,
    piece,
    asked,
    request,
    attempt,
    host,
    talk: isText ? talkOf(message.output.messages, message.output.text) : '[]',
    text: isText ? message.output.text : null,
    thinking: isText && message.output.thinking !== '' ? message.output.thinking : null,
    value: isText ? null : (JSON.stringify(message.value) ?? 'null'),
    truncated: isText && message.output.truncated ? 1 : 0,
    usage: usage === undefined ? null : JSON.stringify(usage),
    determined: determined ? 1 : null,
    at,
  };
}

/** A kind of the user may end its talk with something else than the answer. */
function talkOf(messages: readonly TalkTurn[], text: string): string {
  const last = messages.at(-1);
  const isAnswer = last?.role === 'assistant' && last.content === text;
  return JSON.stringify(isAnswer ? messages.slice(0, -1) : { whole: messages });
}
