import { OllamaError, type PartialAnswer } from '@millrace/errors';
import { Observable, type Observer, type OperatorFunction, type Subscriber } from 'rxjs';
import type { Logprob } from './logprob.ts';
import { type AnswerMessage, textOf, thinkingOf, toolCallsOf } from './message-parts.ts';
import { TextKeeper } from './text-keeper.ts';
import type { ToolCall } from './tool.ts';
import { type Usage, usageOf } from './usage.ts';

/** A whole answer. */
export interface Answer {
  /** The text, unchanged. */
  readonly content: string;
  readonly thinking: string;
  /** In the order of arrival. */
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: readonly Logprob[];
  /** `stop`, `length`, `load`, `unload`; absent where the server gave none. */
  readonly doneReason: string | undefined;
  readonly usage: Usage;
}

/** Which answers `answer` lets pass that it would refuse. */
export interface AnswerOptions {
  /** Accepts an answer that was cut by `num_predict` or the window, to judge it yourself. Default: false. */
  readonly acceptTruncated?: boolean | undefined;
  /** Accepts an answer without text and tool calls. Default: false. */
  readonly acceptEmpty?: boolean | undefined;
}

/**
 * Folds the messages of generate or chat into one answer, emitted when they complete.
 *
 * @throws {OllamaError} `OUTPUT_TRUNCATED` where the answer was cut, `ANSWER_EMPTY` where it holds no tool call and
 *   nothing but white space (loading and unloading are no answers, and pass), both with what had arrived;
 *   `STREAM_TRUNCATED` where there was no message.
 */
export function answer(options: AnswerOptions = {}): OperatorFunction<AnswerMessage, Answer> {
  return (messages) => new Observable((subscriber) => messages.subscribe(new AnswerReader(subscriber, options)));
}

/** Takes the messages of one answer. Not a pipe of `reduce` and `map`: docs/decisions/2026-11-23-hot-path.md. */
class AnswerReader implements Observer<AnswerMessage> {
  private readonly subscriber: Subscriber<Answer>;
  private readonly options: AnswerOptions;
  private readonly content = new TextKeeper();
  private readonly thinking = new TextKeeper();
  private readonly toolCalls: ToolCall[] = [];
  private readonly logprobs: Logprob[] = [];
  private last: AnswerMessage | undefined;

  constructor(subscriber: Subscriber<Answer>, options: AnswerOptions) {
    this.subscriber = subscriber;
    this.options = options;
  }

  next(message: AnswerMessage): void {
    try {
      this.add(message);
    } catch (error) {
      this.subscriber.error(error);
    }
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    try {
      this.subscriber.next(checkAnswer(this.whole(), this.options));
      this.subscriber.complete();
    } catch (error) {
      this.subscriber.error(error);
    }
  }

  private add(message: AnswerMessage): void {
    const text = textOf(message);
    const thinking = thinkingOf(message);
    if (text !== '') this.content.add(text);
    if (thinking !== '') this.thinking.add(thinking);
    for (const call of toolCallsOf(message)) addCall(this.toolCalls, call);
    if (message.logprobs !== undefined) for (const logprob of message.logprobs) this.logprobs.push(logprob);
    this.last = message;
  }

  private whole(): Answer {
    const { last, toolCalls, logprobs } = this;
    if (last === undefined) throw new OllamaError('STREAM_TRUNCATED', 'There was no message to make an answer of.');
    return {
      content: this.content.read(),
      thinking: this.thinking.read(),
      toolCalls,
      logprobs,
      doneReason: last.done_reason,
      usage: usageOf(last),
    };
  }
}

// A call that comes again under its id is the same call.
function addCall(calls: ToolCall[], call: ToolCall): void {
  const place = call.id === undefined ? -1 : calls.findIndex(({ id }) => id === call.id);
  if (place === -1) calls.push(call);
  else calls[place] = call;
}

/** Lets an answer pass, or throws what `answer` throws. */
export function checkAnswer(answer: Answer, { acceptTruncated = false, acceptEmpty = false }: AnswerOptions): Answer {
  const { content, thinking, toolCalls, doneReason, usage } = answer;
  const partial: PartialAnswer = { text: content, thinking };
  if (doneReason === 'length' && !acceptTruncated) {
    const message = `The answer was cut after ${usage.outputTokens} tokens.`;
    throw new OllamaError('OUTPUT_TRUNCATED', message, { partial });
  }
  const isAnswer = doneReason !== 'load' && doneReason !== 'unload';
  if (isAnswer && !acceptEmpty && toolCalls.length === 0 && content.trim() === '') {
    const after = thinking === '' ? '' : `, after ${thinking.length} characters of thinking`;
    throw new OllamaError('ANSWER_EMPTY', `The model answered nothing${after}.`, { partial });
  }
  return answer;
}
