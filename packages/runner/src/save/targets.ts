import { MillraceError } from '@millrace/errors';
import { fileBeside, type Workflow } from '@millrace/schema';
import { type FileAccess, granted } from '../paths/file-access.ts';
import { groupFormat, lineFormat } from './format-line.ts';
import { saveForm } from './save-form.ts';

/** Where a run writes; each is an absolute path without links, or `-`. */
export interface Targets {
  /** The lines of the rows. Absent where there is no `each` and no target. */
  readonly saveTo?: string;
  /** The failed rows. */
  readonly errorsTo?: string;
  /** The groups of each reduce. */
  readonly overTo: Readonly<Record<string, string>>;
}

/**
 * Finds the files that a workflow writes.
 *
 * @param to In place of `save.to`, its own grant; the reduces that name no file of their own go beside it.
 * @throws {MillraceError} `SAVE_FAILED` for an ending that is not written, and for two outputs of one file; `PATH_REFUSED`.
 */
export async function findTargets(
  { each, save, steps }: Workflow,
  files: FileAccess,
  to: string | undefined,
): Promise<Targets> {
  const place = (path: string, access: FileAccess): Promise<string> | string =>
    path === '-' ? path : access.toWrite(path);
  const rows = to ?? save.to;
  if (rows !== undefined && saveForm(rows) === 'lines') lineFormat(rows, []);
  const over = new Map<string, string>();
  for (const { id } of steps.filter((step) => step.over)) {
    const named = save.over[id];
    const isDefault = named === undefined || (save.to !== undefined && named === fileBeside(save.to, id));
    const path = isDefault ? (rows !== undefined && fileBeside(rows, id)) || '-' : named;
    if (saveForm(path) !== 'parquet') groupFormat(path);
    over.set(id, await place(path, isDefault && to !== undefined ? granted : files));
  }
  const saveTo = rows === undefined ? (each ? '-' : undefined) : await place(rows, to === undefined ? files : granted);
  const targets: Targets = {
    ...(saveTo !== undefined && { saveTo }),
    ...(save.errors !== undefined && { errorsTo: await place(save.errors, files) }),
    overTo: Object.fromEntries(over),
  };
  checkDistinct(targets);
  return targets;
}

/** The files of these targets. */
export const filesOf = ({ saveTo, errorsTo, overTo }: Targets): readonly string[] =>
  [saveTo, errorsTo, ...Object.values(overTo)].filter((path): path is string => path !== undefined && path !== '-');

function checkDistinct(targets: Targets): void {
  const files = filesOf(targets);
  const twice = files.find((path, index) => files.indexOf(path) !== index);
  if (twice !== undefined)
    throw new MillraceError('SAVE_FAILED', `Two outputs of the workflow would go to \`${twice}\`.`);
}
