import { OllamaError } from '@millrace/errors';
import type { Subscriber } from 'rxjs';
import { awaitEnd, type Ending, endCame } from './end-watch.ts';
import { readErrorValue } from './error-body.ts';
import type { MessageOrigin, MessageShape } from './messages.ts';
import { withPartial } from './partial.ts';
import { serverError } from './server-errors.ts';
import { TextKeeper } from './text-keeper.ts';
import type { Target } from './value-reader.ts';

/** So much of a text is kept for an error: far more than fits a context window. The rest only passes through. */
const maxKept = 8 * 1024 * 1024;

/** Takes the values of one answer, and hands its messages, or the error, to the subscriber, as `messages` says. */
export class MessageReader<T extends object> implements Target<unknown>, Ending {
  private readonly subscriber: Subscriber<T>;
  private readonly shape: MessageShape<T>;
  private readonly origin: MessageOrigin;
  private readonly text = new TextKeeper(maxKept);
  private readonly thinking = new TextKeeper(maxKept);
  private count = 0;
  private finished = false;
  place = -1;
  due = Number.POSITIVE_INFINITY;

  constructor(subscriber: Subscriber<T>, shape: MessageShape<T>, origin: MessageOrigin) {
    this.subscriber = subscriber;
    this.shape = shape;
    this.origin = origin;
  }

  get closed(): boolean {
    return this.subscriber.closed;
  }

  next(value: unknown): void {
    if (this.finished) return;
    if (!isMessage(value)) {
      this.fail(problemOf(value, this.origin, this.count + 1));
      return;
    }
    this.count += 1;
    const message = value as T; // the wire's own shape: the server is trusted to keep it
    const text = this.shape.textOf?.(message);
    const thinking = this.shape.thinkingOf?.(message);
    if (text) this.text.add(text);
    if (thinking) this.thinking.add(thinking);
    this.finished = this.shape.isFinal(message);
    this.subscriber.next(message);
    if (this.finished && !this.subscriber.closed) awaitEnd(this);
  }

  error(error: unknown): void {
    if (this.finished) this.end();
    else this.fail(error);
  }

  complete(): void {
    if (this.finished) this.end();
    else this.fail(truncated(this.origin.where, this.count));
  }

  giveUp(): void {
    this.subscriber.complete();
  }

  private end(): void {
    endCame(this);
    this.subscriber.complete();
  }

  private fail(error: unknown): void {
    this.subscriber.error(withPartial(error, { text: this.text.read(), thinking: this.thinking.read() }));
  }
}

// Not `in`, which takes longer for each token than reading the field.
const isMessage = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (value as { readonly error?: unknown }).error === undefined;

function problemOf(value: unknown, { where, model }: MessageOrigin, number: number): OllamaError {
  if (typeof value === 'object' && value !== null) return serverError({ where, model, report: readErrorValue(value) });
  const shown = JSON.stringify(value).slice(0, 80);
  return new OllamaError('LINE_MALFORMED', `${where}: message ${number} is not a JSON object: ${shown}`);
}

function truncated(where: string, count: number): OllamaError {
  const after = count === 1 ? 'after 1 message' : `after ${count} messages`;
  return new OllamaError('STREAM_TRUNCATED', `${where}: the answer ended before its final message, ${after}.`);
}
