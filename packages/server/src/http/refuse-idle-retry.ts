import type { ShownRun } from '@millrace/runner';
import { HttpError } from './error-answer.ts';
import { maxFailures } from './max-failures.ts';

/**
 * Refuses to try again where nothing has failed, or nothing for that cause; as far as the failures were looked at.
 *
 * @throws {HttpError} `USAGE_INVALID`.
 */
export function refuseIdleRetry({ id, status, retryCauses }: ShownRun, cause: string | undefined): void {
  // Whoever works on it is told of by who would start it.
  if (status === 'running') return;
  const found = Object.entries(retryCauses);
  const failures = found.reduce((sum, [, count]) => sum + count, 0);
  if (failures === 0)
    throw new HttpError(409, 'USAGE_INVALID', `No row of the run ${id} failed.`, 'There is nothing to do.');
  if (cause === undefined || Object.hasOwn(retryCauses, cause) || failures >= maxFailures) return;
  const others = found.map(([word, count]) => `${word} (${count})`).join(', ');
  throw new HttpError(
    409,
    'USAGE_INVALID',
    `No row of the run ${id} failed for \`${cause.slice(0, 100)}\`.`,
    `The causes are ${others}.`,
  );
}
