import { isMillraceError } from '@millrace/errors';
import { loadWorkflow } from '@millrace/runner';
import { type Diagnostic, hasErrors } from '@millrace/schema';
import { exitCodes } from '../exit-codes.ts';
import { readSources } from '../read-sources.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace validate`. */
export interface ValidateFlags {
  readonly format: 'text' | 'json';
  readonly allowNet?: readonly string[];
}

/** `millrace validate FILE...`: says every problem of every file. Calls no model. Returns the exit code. */
export async function validate(files: readonly string[], flags: ValidateFlags, terminal: Terminal): Promise<number> {
  const diagnostics = (await Promise.all(files.map((file) => problemsOf(file, flags)))).flat();
  if (flags.format === 'json') await terminal.out(`${JSON.stringify(diagnostics, null, 2)}\n`);
  else await terminal.out(textFor(files, diagnostics, await readSources(files)));
  return hasErrors(diagnostics) ? exitCodes.invalid : exitCodes.done;
}

async function problemsOf(file: string, { allowNet }: ValidateFlags): Promise<readonly Diagnostic[]> {
  try {
    return (await loadWorkflow(file, { allowHosts: allowNet })).diagnostics;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    return [wholeFile(file, error.message, error.hint)];
  }
}

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

function textFor(
  files: readonly string[],
  diagnostics: readonly Diagnostic[],
  sourceOf: Parameters<typeof renderDiagnostics>[1],
): string {
  const good = files.filter((file) => !hasErrors(diagnostics.filter((diagnostic) => diagnostic.file === file)));
  return renderDiagnostics(diagnostics, sourceOf) + good.map((file) => `${file}: ok\n`).join('');
}
