import { readFile } from 'node:fs/promises';
import { isMillraceError } from '@millrace/errors';
import { loadWorkflow } from '@millrace/runner';
import type { Checker, Diagnostic, Workflow } from '@millrace/schema';

/** A workflow file as it was when it was looked at last. */
export interface ServedFile {
  readonly id: string;
  /** Absolute. */
  readonly file: string;
  readonly problems: readonly Diagnostic[];
  /** What it says, also where the files that it reads are not there yet; absent where it is no workflow. */
  readonly workflow?: Workflow;
}

/**
 * Checks a workflow file with the powers that every file has.
 *
 * What it reads may come later, as a file that another program writes every night: its schedule holds all the same, and the run says what
 * is missing.
 */
export async function readServedFile(id: string, file: string, check: Checker): Promise<ServedFile> {
  try {
    const { workflow, diagnostics } = await loadWorkflow(file, { check });
    await workflow?.rows?.source.close();
    if (workflow) return { id, file, problems: diagnostics, workflow };
    const alone = diagnostics.every(isOfMissingFile) ? (await check(file, await readFile(file))).workflow : undefined;
    return { id, file, problems: diagnostics, ...(alone && { workflow: alone }) };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { id, file, problems: [wholeFile(file, error.message, error.hint)] };
  }
}

const isOfMissingFile = ({ severity, code }: Diagnostic): boolean =>
  severity !== 'error' || code === 'FILE_NOT_FOUND' || code === 'ROWS_UNREADABLE';

const wholeFile = (file: string, message: string, hint: string): Diagnostic => ({
  file,
  path: '',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  code: 'FILE_UNREADABLE',
  severity: 'error',
  message,
  hint,
});
