import type { LatestRun } from '../journal/open-journal.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { askFor } from '../open-run.ts';
import type { InputValue } from '../resolve-inputs.ts';
import type { World } from '../run-workflow.ts';
import { areFilesWhole } from '../save/are-files-whole.ts';
import type { PlannedRun } from './run-plan.ts';

/** The run that would go on, as the journal has it now. */
export interface PlanPeek extends PlannedRun {
  /** Absent where a run would be begun. */
  readonly latest: LatestRun | undefined;
  /** A hash of what the results of rows depend on in the workflow. */
  readonly definition: string;
}

/** There is none. */
const noJournal = { latest: () => undefined };

/** Finds out which run would go on, holding nothing. @throws {MillraceError} As `askFor`. */
export async function peekPlan(
  workflow: LoadedWorkflow,
  world: World,
  inputs: Readonly<Record<string, InputValue>>,
): Promise<PlanPeek> {
  const { journal = noJournal } = world;
  const { ask, definition } = await askFor(workflow, world, inputs, journal);
  const latest = ask.mode === 'new' ? undefined : journal.latest(ask.identity);
  if (!latest) return { found: 'nothing', isFinished: false, isInWork: false, latest, definition: definition.rows };
  const found = foundOf(latest, ask.passKey);
  const isFinished = found === 'finished' && (await areFilesWhole(workflow, latest));
  return { id: latest.id, found, isFinished, isInWork: latest.isInWork, latest, definition: definition.rows };
}

function foundOf({ status, passKey }: LatestRun, now: string): PlannedRun['found'] {
  if (passKey !== now) return 'changed';
  if (status === 'done') return 'finished';
  return status === 'stopped' ? 'stopped' : 'unfinished';
}
