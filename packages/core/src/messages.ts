import { Observable, type OperatorFunction } from 'rxjs';
import { MessageReader } from './message-reader.ts';

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

/**
 * Passes an endpoint's messages on, up to and including the final one.
 *
 * Completes as soon as the server has ended its answer, so that the connection can be used again; a server that does
 * not is left alone after 250 ms. What comes behind the final message, an error too, is ignored.
 *
 * @throws {OllamaError} The kind of an `error` line, `STREAM_TRUNCATED` when the values end before the final message,
 *   `LINE_MALFORMED` for a value that is no object. They and every error of the source keep the text that had arrived
 *   (see `PartialAnswer`).
 */
export function messages<T extends object>(
  shape: MessageShape<T>,
  origin: MessageOrigin,
): OperatorFunction<unknown, T> {
  return (values) => new Observable<T>((subscriber) => values.subscribe(new MessageReader(subscriber, shape, origin)));
}
