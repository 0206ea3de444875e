import { readFile } from 'node:fs/promises';
import { isMillraceError } from '@millrace/errors';
import { type LoadedWorkflow, type LoadOptions, loadWorkflow } from '@millrace/runner';
import { type Diagnostic, wholeFile } from '@millrace/schema';
import type { Terminal } from '../terminal.ts';
import { readStdin } from './read-stdin.ts';
import { sourceText } from './source-text.ts';

/** What is known of a file after it was checked. */
export interface CheckedFile {
  /** As messages name it. */
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where nothing can be quoted from it. */
  readonly source?: string | undefined;
  /** Absent where there are errors. */
  readonly workflow?: LoadedWorkflow;
}

/** Reads and checks a file, or stdin for `-`; that it cannot be read is a diagnostic too. */
export async function checkFile(file: string, options: LoadOptions, terminal: Terminal): Promise<CheckedFile> {
  const isStdin = file === '-';
  const name = isStdin ? '<stdin>' : file;
  // What is wrong with a file that cannot be read is for the loader to say.
  const bytes = isStdin ? await readStdin(terminal.stdin) : await readFile(file).catch(() => undefined);
  const source = bytes && sourceText(bytes);
  try {
    return { file: name, source, ...(await loadWorkflow(name, { ...options, bytes })) };
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return { file: name, source, diagnostics: [wholeFile(name, error.message, error.hint)] };
  }
}
