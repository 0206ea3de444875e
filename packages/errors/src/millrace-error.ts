import { codes, type ErrorCode, type RetryCause } from './codes.ts';

const brand: unique symbol = Symbol.for('millrace.error');

/** What an error may carry beside its message; what is absent comes from the table of codes. */
export interface MillraceErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string | undefined;
  /** Null where, other than the table says, no retry can help. */
  readonly retry?: RetryCause | null | undefined;
}

/** Base of every error this project raises. Match on `code`, never on `message`. */
export class MillraceError extends Error {
  override readonly name: string = 'MillraceError';
  readonly code: ErrorCode;
  /** What to do next, in one sentence. */
  readonly hint: string;
  /** The word of `retry:` that counts this error; null where no retry can help. */
  readonly retry: RetryCause | null;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options: MillraceErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint ?? codes[code].hint;
    this.retry = options.retry === undefined ? codes[code].retry : options.retry;
  }

  /** Whether the same call may succeed if it is made again unchanged. */
  get retryable(): boolean {
    return this.retry !== null;
  }
}

/** True for our errors, also when they come from another copy of this package. */
export function isMillraceError(error: unknown): error is MillraceError {
  return typeof error === 'object' && error !== null && brand in error;
}
