import { OllamaError } from '@millrace/errors';
import { asyncScheduler, Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { readErrorValue } from './error-body.ts';
import type { Target } from './ndjson.ts';
import { withPartial } from './partial.ts';
import { serverError } from './server-errors.ts';
import { createTextKeeper } from './text-keeper.ts';

/** How the messages of a streaming endpoint are read. */
export interface MessageShape<T> {
  /** Whether the answer is complete with this message. */
  readonly isFinal: (message: T) => boolean;
  /** The text a message adds, kept for errors. */
  readonly textOf?: (message: T) => string | undefined;
  /** The thinking a message adds, kept for errors. */
  readonly thinkingOf?: (message: T) => string | undefined;
}

/** Whose messages they are, for error messages and hints. */
export interface MessageOrigin {
  readonly where: string;
  readonly model?: string | undefined;
}

/** How long a server may take to end its answer after the final message, until the connection is given up. */
export const endGraceMs = 250;

/**
 * Passes an endpoint's messages on, up to and including the final one.
 *
 * Completes as soon as the server has ended its answer, so that the connection can be used again; a server that does
 * not is left alone after 250 ms. What comes behind the final message, an error too, is ignored.
 *
 * @throws {OllamaError} The kind of an `error` line, `STREAM_TRUNCATED` when the values end before the final message,
 *   `LINE_MALFORMED` for a value that is no object. They and every error of the source keep the text that had arrived.
 */
export function messages<T extends object>(
  shape: MessageShape<T>,
  origin: MessageOrigin,
): OperatorFunction<unknown, T> {
  return (values) => new Observable<T>((subscriber) => values.subscribe(readMessages(shape, origin, subscriber)));
}

/** `messages` without an observable of its own: an observer of values that hands its messages to `subscriber`. */
export function readMessages<T extends object>(
  { isFinal, textOf = nothing, thinkingOf = nothing }: MessageShape<T>,
  origin: MessageOrigin,
  subscriber: Subscriber<T>,
): Target<unknown> {
  const text = createTextKeeper();
  const thinking = createTextKeeper();
  let count = 0;
  let finished = false;
  const fail = (error: unknown): void =>
    subscriber.error(withPartial(error, { text: text.read(), thinking: thinking.read() }));
  return {
    get closed() {
      return subscriber.closed;
    },
    next: (value) => {
      if (finished) return;
      const problem = problemOf(value, origin, count + 1);
      if (problem !== undefined) return fail(problem);
      const message = value as T; // the wire's own shape: the server is trusted to keep it
      count += 1;
      text.add(textOf(message));
      thinking.add(thinkingOf(message));
      finished = isFinal(message);
      subscriber.next(message);
      if (finished) subscriber.add(asyncScheduler.schedule(() => subscriber.complete(), endGraceMs));
    },
    error: (error) => (finished ? subscriber.complete() : fail(error)),
    complete: () => (finished ? subscriber.complete() : fail(truncated(origin.where, count))),
  };
}

const nothing = (): undefined => undefined;

function problemOf(value: unknown, { where, model }: MessageOrigin, number: number): OllamaError | undefined {
  if (typeof value !== 'object' || value === null) {
    const shown = JSON.stringify(value).slice(0, 80);
    return new OllamaError('LINE_MALFORMED', `${where}: message ${number} is not a JSON object: ${shown}`);
  }
  return 'error' in value ? serverError({ where, model, report: readErrorValue(value) }) : undefined;
}

function truncated(where: string, count: number): OllamaError {
  const after = count === 1 ? 'after 1 message' : `after ${count} messages`;
  return new OllamaError('STREAM_TRUNCATED', `${where}: the answer ended before its final message, ${after}.`);
}
