import { isMillraceError, MillraceError } from './millrace-error.ts';

/** A step's failure, with its place in the run; the reason is `cause`. */
export class StepError extends MillraceError {
  override readonly name = 'StepError';
  readonly stepId: string;
  readonly rowKey: string;

  constructor(stepId: string, rowKey: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super('STEP_FAILED', `Step \`${stepId}\` of row \`${rowKey}\` failed: ${reason}`, {
      cause,
      hint: isMillraceError(cause) ? cause.hint : undefined,
    });
    this.stepId = stepId;
    this.rowKey = rowKey;
  }
}
