import { MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import type { Daemon, ServedWorkflow } from '../daemon/daemon.ts';

/**
 * The workflow of an id. An id is only ever compared with those that are served: whatever else it holds leads to no file.
 *
 * @throws {MillraceError} `WORKFLOW_NOT_FOUND`.
 */
export function findServed(daemon: Daemon, id: string): ServedWorkflow {
  const served = daemon.workflows();
  const found = served.find((workflow) => workflow.id === id);
  if (found) return found;
  const near = didYouMean(
    id,
    served.map((workflow) => workflow.id),
  );
  const message = `There is no workflow \`${id.slice(0, 200)}\` here.`;
  throw new MillraceError('WORKFLOW_NOT_FOUND', message, {
    hint: [near, 'See `/api/workflows`.'].filter((text) => text !== '').join(' '),
  });
}
