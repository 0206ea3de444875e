import { type ErrorCode, isMillraceError } from '@millrace/errors';
import { signOfLife } from './sign-of-life.ts';

// What another host may do better, though it is no sign of one that is gone.
const codes: readonly ErrorCode[] = ['OLLAMA_BUSY', 'MODEL_NOT_FOUND', 'MODEL_LOAD_FAILED'];

/**
 * Whether a call that failed with this error, before its first message, may be made at another host at once: its own is gone or
 * cannot do it. All else is the caller's to decide, who knows how often a call may be made.
 */
export function mayBeTakenElsewhere(error: unknown): boolean {
  const sign = signOfLife(error);
  return sign === 'gone' || sign === 'accident' || (isMillraceError(error) && codes.includes(error.code));
}
