import { builtInKinds, type LoadOptions } from '@millrace/runner';
import { createChecker, hasErrors, wholeFile } from '@millrace/schema';
import { exitCodes } from '../exit-codes.ts';
import { type CheckedFile, checkFile } from '../files/check-file.ts';
import { type Found, findWorkflows } from '../files/find-workflows.ts';
import { renderProblems, totalOf } from '../render/diagnostics.ts';
import { plural } from '../render/figures.ts';
import { renderForGithub } from '../render/github.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { viewFor } from '../render/view-for.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace validate`. */
export interface ValidateFlags {
  readonly format: 'text' | 'json' | 'github';
  readonly strict?: boolean;
  readonly allowNet?: readonly string[];
}

/** `millrace validate FILE...`: says every problem of every file. Calls no model. Returns the exit code. */
export async function validate(words: readonly string[], flags: ValidateFlags, terminal: Terminal): Promise<number> {
  const checked: CheckedFile[] = [];
  const options = { allowHosts: flags.allowNet, check: createChecker(builtInKinds) };
  const found = await findWorkflows(words);
  for (const one of found) {
    const file = await check(one, options, terminal);
    // A large folder takes its time: what is known is said at once.
    if (flags.format === 'text') await terminal.out(renderFile(file, found.length > 1, terminal));
    checked.push(file);
  }
  const diagnostics = checked.flatMap((file) => file.diagnostics);
  if (flags.format === 'json') await terminal.out(`${safeJson(diagnostics)}\n`);
  if (flags.format === 'github') await terminal.out(renderForGithub(diagnostics));
  if (found.length > 1) {
    const summary = summaryOf(checked);
    // Data stands alone on stdout.
    if (flags.format === 'text') await terminal.out(summary);
    else terminal.err(summary);
  }
  const fails = flags.strict ? diagnostics.length > 0 : hasErrors(diagnostics);
  return fails ? exitCodes.invalid : exitCodes.done;
}

async function check({ file, missing }: Found, options: LoadOptions, terminal: Terminal): Promise<CheckedFile> {
  if (missing === undefined) return await checkFile(file, options, terminal);
  return { file, diagnostics: [wholeFile(file, missing, 'Check the path.')] };
}

function renderFile({ file, source, diagnostics }: CheckedFile, several: boolean, terminal: Terminal): string {
  const problems = renderProblems(diagnostics, viewFor(terminal, source, 'out'));
  const total = several || diagnostics.length === 0 ? '' : `${totalOf(diagnostics)}\n`;
  return `${problems}${total}${hasErrors(diagnostics) ? '' : `${oneLine(file, 1000)}: ok\n`}`;
}

/** `3 files: 1 ok, 2 with errors (4 errors, 1 warning)` */
function summaryOf(checked: readonly CheckedFile[]): string {
  const wrong = checked.filter(({ diagnostics }) => hasErrors(diagnostics)).length;
  const parts = [`${checked.length - wrong} ok`, ...(wrong > 0 ? [`${wrong} with errors`] : [])];
  const total = totalOf(checked.flatMap(({ diagnostics }) => diagnostics));
  return `${plural(checked.length, 'file')}: ${parts.join(', ')}${total === '' ? '' : ` (${total})`}\n`;
}
