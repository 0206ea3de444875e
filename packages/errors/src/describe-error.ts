import { isMillraceError } from './millrace-error.ts';

/** An error as plain data, for events, logs and JSON. */
export interface ErrorDescription {
  /** `INTERNAL` for an error that is none of ours: a bug. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly retryable: boolean;
  readonly cause?: ErrorDescription;
}

/** Turns any thrown value into plain data, its causes included (at most five deep). */
export function describeError(error: unknown, depth = 5): ErrorDescription {
  const ours = isMillraceError(error);
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error ? error.cause : undefined;
  return {
    code: ours ? error.code : 'INTERNAL',
    message,
    ...(ours ? { hint: error.hint } : {}),
    retryable: ours && error.retryable,
    ...(cause !== undefined && depth > 1 ? { cause: describeError(cause, depth - 1) } : {}),
  };
}
