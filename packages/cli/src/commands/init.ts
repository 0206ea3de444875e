import { stat } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { loadWorkflow } from '@millrace/runner';
import { hasErrors } from '@millrace/schema';
import { exitCodes } from '../exit-codes.ts';
import { thereIsOne, writeText } from '../files/write-text.ts';
import { type ChosenColumns, chooseColumns } from '../init/choose-columns.ts';
import { composeWorkflow } from '../init/compose-workflow.ts';
import { createQuestions, noAnswer, type Questions } from '../init/questions.ts';
import { recipes } from '../init/recipe.ts';
import { type RecipeName, recipeNames } from '../init/recipe-names.ts';
import { plainValue } from '../init/yaml-text.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { oneLine } from '../render/safe-text.ts';
import { viewFor } from '../render/view-for.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace init`. */
export interface InitFlags {
  readonly kind?: RecipeName;
  readonly model?: string;
  readonly from?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

const proposed = { kind: 'classify', model: 'gemma3:4b' } as const;

/** `millrace init [FILE]`: writes a first workflow from a few answers. Returns the exit code. */
export async function init(file: string, flags: InitFlags, terminal: Terminal): Promise<number> {
  if (!flags.force && (await stat(file).catch(() => undefined))) throw thereIsOne(file);
  const questions = flags.yes || !terminal.inIsTty ? undefined : createQuestions(terminal);
  if (!questions && !flags.yes && flags.kind === undefined) {
    const hint = 'Give `--kind`, or take what is proposed with `--yes`.';
    throw new MillraceError('USAGE_INVALID', 'There is no terminal to ask on.', { hint });
  }
  try {
    return await write(file, await compose(file, flags, questions, terminal), flags, terminal);
  } catch (error) {
    if (error !== noAnswer) throw error;
    terminal.err('\nNothing was written.\n');
    return exitCodes.interrupted;
  } finally {
    questions?.close();
  }
}

async function compose(
  file: string,
  flags: InitFlags,
  questions: Questions | undefined,
  terminal: Terminal,
): Promise<string> {
  const kind = flags.kind ?? (await askKind(questions, terminal));
  const model = flags.model ?? (await questions?.ask('Which model?', proposed.model)) ?? proposed.model;
  const asked = flags.from ?? (await questions?.ask('Which file or folder holds the rows? (empty: none)', '')) ?? '';
  const name = basename(file, extname(file));
  if (asked === '') return composeWorkflow({ name, recipe: recipes[kind], model });
  const from = relative(dirname(resolve(file)), resolve(asked))
    .split(sep)
    .join('/');
  const columns = await findColumns(file, from, questions);
  return composeWorkflow({ name, recipe: recipes[kind], model, rows: { from, columns } });
}

async function askKind(questions: Questions | undefined, terminal: Terminal): Promise<RecipeName> {
  if (!questions) return proposed.kind;
  const lines = recipeNames.map((name) => `  ${name.padEnd(10)} ${recipes[name].summary}\n`);
  terminal.err(`What should it do with each text?\n${lines.join('')}`);
  // What is chosen is one of the names.
  return (await questions.choose('Kind', recipeNames, proposed.kind)) as RecipeName;
}

/** Looks at the rows as a workflow in that place would see them. */
async function findColumns(file: string, from: string, questions: Questions | undefined): Promise<ChosenColumns> {
  const probe = `model: m\neach: { from: ${plainValue(from)} }\nsteps: { a: { set: 1 } }\n`;
  const { workflow, diagnostics } = await loadWorkflow(file, { bytes: Buffer.from(probe) });
  const [problem] = diagnostics.filter(({ severity }) => severity === 'error');
  if (problem) throw new MillraceError('USAGE_INVALID', problem.message, { hint: problem.hint });
  const columns = workflow?.rows?.columns ?? [];
  const chosen = chooseColumns(columns);
  if (!chosen) throw new MillraceError('ROWS_UNREADABLE', `\`${from}\` holds no row to learn its columns from.`);
  if (!questions || columns.length === 1) return chosen;
  const names = columns.map((name) => oneLine(name, 40)).join(', ');
  const text = await questions.choose(`Which column holds the text? (${names})`, columns, chosen.text);
  return { ...chosen, text };
}

async function write(file: string, text: string, { force }: InitFlags, terminal: Terminal): Promise<number> {
  const { workflow, diagnostics } = await loadWorkflow(file, { bytes: Buffer.from(text) });
  terminal.err(renderDiagnostics(diagnostics, viewFor(terminal, text, 'err')));
  if (hasErrors(diagnostics) || !workflow) return exitCodes.invalid;
  await writeText(file, text, { replace: force === true });
  const shown = oneLine(file, 1000);
  const [input] = Object.keys(workflow.inputs);
  const first = workflow.each ? '--first 5' : `--input ${input}="…"`;
  await terminal.out(`Wrote ${shown}. Change it as you like, then:\n`);
  await terminal.out(`  millrace validate ${shown}\n  millrace run ${shown} ${first}\n`);
  return exitCodes.done;
}
