import type { Body } from './check-request.ts';
import { instanceOf } from './schema-instance.ts';
import { hashOf, randomFrom } from './seeded.ts';
import { tokensOf } from './tokens.ts';

/** What an answering function is told. */
export interface AnswerRequest {
  readonly kind: 'generate' | 'chat';
  readonly model: string;
  /** All text the model reads: system and prompt, or the contents of the messages, a line feed between. */
  readonly prompt: string;
  /** The prompt alone, or the content of the last message. */
  readonly lastText: string;
  /** Tokens that were left out in silence, since they did not fit the window; the texts are whole all the same. */
  readonly tokensCut: number;
  /** The request as sent. */
  readonly body: Body;
}

/** A tool call as the model would make it. */
export interface FakeToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What the model says. */
export interface Answer {
  readonly text?: string;
  /** The text in pieces that count as one token each and are sent one a line; instead of `text`. */
  readonly tokens?: readonly string[];
  /** Sent before the text, unless the request says `think: false`. */
  readonly thinking?: string;
  readonly toolCalls?: readonly FakeToolCall[];
}

/** Says what the model answers; a promise keeps the slot until it settles, a rejection is a 500 with its message. */
export type AnswerFunction = (request: AnswerRequest) => string | Answer | Promise<string | Answer>;

const words = 'the mill wheel turns while water runs down and grain becomes flour for bread in every small town'.split(
  ' ',
);

/**
 * The answer where no function is given, the same for the same request: to a `format` the JSON of a value that fits
 * it; with `answerTokens` that many words; else a mark of the whole prompt and the beginning of the last text.
 */
export function defaultAnswer({ prompt, lastText, body }: AnswerRequest, answerTokens: number | undefined): string {
  const mark = hashOf(prompt);
  const { format } = body;
  if (format === 'json') return JSON.stringify({ answer: mark.toString(16) });
  if (typeof format === 'object' && format !== null) return JSON.stringify(instanceOf(format, mark));
  if (answerTokens !== undefined) return wordsFrom(mark, answerTokens);
  return `Answer ${mark.toString(16).padStart(8, '0')} to: ${beginningOf(lastText)}`;
}

function wordsFrom(seed: number, count: number): string {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
}

function beginningOf(text: string): string {
  const tokens = tokensOf(text.slice(0, 400));
  return tokens.slice(0, 12).join('').trim();
}
