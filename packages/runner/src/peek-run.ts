import { bindInputs } from './bind-inputs.ts';
import type { Journal } from './journal/open-journal.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import { askFor } from './open-run.ts';
import type { World } from './run-workflow.ts';
import { areFilesWhole } from './save/are-files-whole.ts';

/** The run that a workflow would continue. */
export interface PeekedRun {
  readonly id: string;
  /** It was finished, nothing has changed since, and all that it wrote is there. */
  readonly isFinished: boolean;
  /** All answers are there, though what was written of them may be gone: running the workflow asks no host. */
  readonly isAnswered: boolean;
}

/**
 * Looks which run a workflow would continue, holding nothing: what it finds may be another a moment later.
 *
 * @param world Its hosts are asked for the digests of models; without any, those that are known count.
 * @returns undefined where it would begin one.
 * @throws {MillraceError} `INPUT_INVALID`, `USAGE_INVALID`; `FILE_NOT_FOUND`, `FILE_UNREADABLE` for the rows; `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`.
 */
export async function peekRun(
  loaded: LoadedWorkflow,
  world: World & { readonly journal: Journal },
): Promise<PeekedRun | undefined> {
  const { workflow, inputs } = bindInputs(loaded, world.inputs);
  const { ask } = await askFor(workflow, world, inputs, world.journal);
  const latest = ask.mode === 'new' ? undefined : world.journal.latest(ask.identity, ask.due);
  if (!latest) return undefined;
  const isSame = latest.status === 'done' && latest.passKey === ask.passKey && !ask.retry;
  const isFinished = isSame && (await areFilesWhole(workflow, latest));
  // Groups that failed are asked for again when what was written is written anew.
  return { id: latest.id, isFinished, isAnswered: isFinished || (isSame && !latest.ended?.groups?.failed) };
}
