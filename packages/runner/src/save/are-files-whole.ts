import { stat } from 'node:fs/promises';
import type { RunJournal } from '../journal/run-journal.ts';
import { holdsStill } from './growing-file.ts';
import { saveForm } from './save-form.ts';
import { filesOf, type Targets } from './targets.ts';

/** Whether all that a finished run wrote is there as it was. What went to standard output is not. */
export async function areFilesWhole(
  targets: Targets,
  run: Pick<RunJournal, 'pass' | 'file' | 'filesOfRows'>,
): Promise<boolean> {
  if (targets.saveTo === '-' || Object.values(targets.overTo).includes('-')) return false;
  const shared = filesOf(targets).filter((path) => saveForm(path) !== 'files');
  for (const path of [...shared, ...run.filesOfRows().map((file) => file.path)]) {
    const state = run.file(path);
    if (!state || state.pass !== run.pass || state.modified === null) return false;
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== state.length) return false;
    if (found.mtimeMs !== state.modified && !(await holdsStill(path, state))) return false;
  }
  return true;
}
