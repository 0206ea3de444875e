import type { ErrorCode } from './codes.ts';
import { MillraceError, type MillraceErrorOptions } from './millrace-error.ts';

/**
 * The text that had arrived when an answer broke. Of a stream, the first 8 Mi (8 × 1024²) characters of the text and as many of the
 * thinking, so that an endless one does not fill the memory.
 */
export interface PartialAnswer {
  readonly text: string;
  readonly thinking: string;
}

/** What is known of a failed call to a server. */
export interface OllamaErrorDetails {
  /** HTTP status; absent where none arrived, or for an error inside a stream that began with 200. */
  readonly status?: number | undefined;
  /** The finer kind within the code, such as `load_timeout`; see the table in `core`. */
  readonly kind?: string | undefined;
  /** The server's own words, unchanged. */
  readonly serverMessage?: string | undefined;
  readonly partial?: PartialAnswer | undefined;
  /** `CONTEXT_OVERFLOW`: tokens of the prompt, where the server told. */
  readonly needed?: number | undefined;
  /** `CONTEXT_OVERFLOW`: tokens of the window, where the server told. */
  readonly limit?: number | undefined;
  /** `ANSWER_INVALID`: what is wrong with the answer, one sentence each; what a model is told that is asked again. */
  readonly problems?: readonly string[] | undefined;
  /** `SIGN_IN_NEEDED`: where to sign in, where the server told. */
  readonly signinUrl?: string | undefined;
  /**
   * How long the server asked to wait before the same call is made again: its `Retry-After`, from the answer on; 0 where that
   * time is past. Absent where it asked for nothing, or for something that is neither seconds nor a date.
   */
  readonly retryAfterMs?: number | undefined;
}

/** A failed call to an Ollama server, with what it said and what had arrived. */
export class OllamaError extends MillraceError {
  override readonly name = 'OllamaError';
  readonly details: OllamaErrorDetails;

  constructor(code: ErrorCode, message: string, details: OllamaErrorDetails = {}, options: MillraceErrorOptions = {}) {
    super(code, message, options);
    this.details = details;
  }
}
