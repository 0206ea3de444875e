import { readFile, stat } from 'node:fs/promises';
import { isMillraceError } from '@millrace/errors';
import { loadWorkflow } from '@millrace/runner';
import { type Checker, type Diagnostic, type Workflow, wholeFile } from '@millrace/schema';

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
 * Checks a workflow file with the powers that every file has. One of another user is none that is run.
 *
 * What it reads may come later, as a file that another program writes every night: its schedule holds all the same, and the run says what
 * is missing.
 */
export async function readServedFile(id: string, file: string, check: Checker): Promise<ServedFile> {
  try {
    const stranger = await strangerOf(file);
    if (stranger !== undefined) return { id, file, problems: [wholeFile(file, stranger, strangerHint)] };
    const { workflow, diagnostics } = await loadWorkflow(file, { check });
    await workflow?.rows?.source.close();
    if (workflow) return { id, file, problems: diagnostics, workflow };
    const bytes = diagnostics.every(isOfMissingFile) ? await readFile(file).catch(() => undefined) : undefined;
    const alone = bytes && (await check(file, bytes)).workflow;
    return { id, file, problems: diagnostics, ...(alone && { workflow: alone }) };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { id, file, problems: [wholeFile(file, error.message, error.hint)] };
  }
}

const strangerHint = 'A server starts the files of its own user, and those of root: give it to that user with `chown`.';

/** Whose file it is, where that is another user: to write into a folder is not the right to have the server's user run something. */
async function strangerOf(file: string): Promise<string | undefined> {
  const own = process.getuid?.();
  const uid = await stat(file).then(
    (found) => found.uid,
    () => undefined, // it is gone, which will be said
  );
  if (own === undefined || uid === undefined || uid === own || uid === 0) return undefined;
  return `The file belongs to the user ${uid}, and the server runs as ${own}.`;
}

const isOfMissingFile = ({ severity, code }: Diagnostic): boolean =>
  severity !== 'error' || code === 'FILE_NOT_FOUND' || code === 'ROWS_UNREADABLE';

/** The first problem that keeps a file from being run, with its place; undefined where there is none. */
export function problemOf({ id, problems }: Pick<ServedFile, 'id' | 'problems'>): Diagnostic | undefined {
  const first = problems.find(({ severity }) => severity === 'error');
  return first && { ...first, message: `${id}:${first.line}:${first.column}: ${first.message}` };
}
