import type { ErrorDescription } from '@millrace/errors';

/** Rows that failed for what looks like one reason. */
export interface FailureCause {
  readonly code: string;
  /** That of the first. */
  readonly message: string;
  readonly count: number;
  /** The first few. */
  readonly keys: readonly string[];
}

const maxCauses = 20;
const maxKeys = 3;

/** Adds a failure to those like it: of the same code, with a message that differs in numbers and quoted text only. */
export function addCause(
  causes: readonly FailureCause[],
  key: string,
  error: ErrorDescription,
): readonly FailureCause[] {
  const { code, message } = error.code === 'STEP_FAILED' && error.cause ? error.cause : error;
  const shape = shapeOf(message);
  const at = causes.findIndex((cause) => cause.code === code && shapeOf(cause.message) === shape);
  const known = causes[at];
  if (known) {
    const keys = known.keys.length < maxKeys ? [...known.keys, key] : known.keys;
    return causes.with(at, { ...known, keys, count: known.count + 1 });
  }
  if (causes.length < maxCauses) return [...causes, { code, message, count: 1, keys: [key] }];
  const last = causes[maxCauses - 1] as FailureCause;
  return causes.with(-1, { ...last, message: 'Other causes.', count: last.count + 1 });
}

const shapeOf = (message: string): string =>
  message
    .slice(0, 500)
    .replaceAll(/`[^`]*`|"(?:[^"\\]|\\.)*"/g, '…')
    .replaceAll(/\d+/g, '0');
