import type { RowEnd } from '@millrace/runner';

/** Why it went wrong: that a step failed says less than the cause of it. */
export const errorCode = ({ code, cause }: NonNullable<RowEnd['error']>): string =>
  code === 'STEP_FAILED' && cause ? cause.code : code;
