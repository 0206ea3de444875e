import { isMillraceError, MillraceError } from './millrace-error.ts';

/** A step's failure, with its place in the run; the reason is `cause`. */
export class StepError extends MillraceError {
  override readonly name = 'StepError';
  readonly stepId: string;
  readonly rowKey: string;
  /** How often the call was made; 0 where it came to none. */
  readonly attempts: number;

  constructor(stepId: string, rowKey: string, cause: unknown, attempts = 0) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('STEP_FAILED', `Step \`${stepId}\` of row \`${rowKey}\` failed: ${reason}`, {
      cause,
      hint: isMillraceError(cause) ? cause.hint : undefined,
    });
    this.stepId = stepId;
    this.rowKey = rowKey;
    this.attempts = attempts;
  }
}
