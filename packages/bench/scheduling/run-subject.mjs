import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../run-process.mjs';
import { workflowOf } from './chain.mjs';
import { checkAnswers } from './check-answers.mjs';

/** Longer than any run of a few hundred rows takes that works, on a slow machine. */
const defaultGivenUpMs = 300_000;

/**
 * Runs a subject in a process of its own and a folder of its own, so that a journal begins there, and looks at every row that it wrote.
 *
 * @throws {Error} Where it fails, or its file is not one that the input can come to; rows that are `wrong` or `missing` are counted, and only
 *   allowed where the caller says so.
 */
export async function runSubject(
  subject,
  { urls, input, models, parallel, options, below, allow = [], givenUpMs = defaultGivenUpMs },
) {
  const folder = mkdtempSync(join(below, 'run-'));
  const output = join(folder, 'answers.jsonl');
  writeFileSync(join(folder, 'workflow.yaml'), workflowOf(models, { parallel, options }));
  const args = subject.args({ urls, rows: input.path, output, folder, models, parallel, options });
  const figures = await runProcess(subject.name, args, { folder, givenUpMs, exitCodes: subject.exitCodes });
  const counts = checkAnswers(output, input.answers);
  for (const kind of ['wrong', 'missing'])
    if (counts[kind] > 0 && !allow.includes(kind))
      throw new Error(`${subject.name}: ${counts[kind]} of ${input.count} rows are ${kind}.`);
  if (subject.isOurs && (figures.code === 0) !== (counts.missing === 0))
    throw new Error(`${subject.name} ended with ${figures.code}, and ${counts.missing} rows are missing.`);
  rmSync(folder, { recursive: true });
  return { ...figures, ...counts };
}
