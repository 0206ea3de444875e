import { stat } from 'node:fs/promises';
import type { RunJournal } from '../journal/run-journal.ts';
import { holdsStill } from './growing-file.ts';
import { filesOf, type Targets } from './targets.ts';

/** Whether all that a finished run wrote is there as it was. What went to standard output is not. */
export async function areFilesWhole(targets: Targets, run: RunJournal): Promise<boolean> {
  if (targets.saveTo === '-' || Object.values(targets.overTo).includes('-')) return false;
  for (const path of filesOf(targets)) {
    const state = run.file(path);
    if (!state || state.pass !== run.pass || state.modified === null) return false;
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== state.length) return false;
    if (found.mtimeMs !== state.modified && !(await holdsStill(path, state))) return false;
  }
  return true;
}
