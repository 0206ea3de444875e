import { builtInKinds } from '@millrace/runner';
import {
  type Check,
  type Columns,
  createChecker,
  type Diagnostic,
  type Surroundings,
  type Workflow,
} from '@millrace/schema';

const checker = createChecker(builtInKinds);

/** Checks a text, or bytes, as the file `workflow.yaml`. */
export const check = (file: string | Uint8Array, surroundings?: Surroundings): Promise<Check> =>
  checker('workflow.yaml', typeof file === 'string' ? new TextEncoder().encode(file) : file, surroundings);

/** The diagnostics of a text. */
export const problems = async (
  file: string | Uint8Array,
  surroundings?: Surroundings,
): Promise<readonly Diagnostic[]> => (await check(file, surroundings)).diagnostics;

/** The workflow of a text that must be right. */
export async function workflowOf(text: string, surroundings?: Surroundings): Promise<Workflow> {
  const { workflow, diagnostics } = await check(text, surroundings);
  if (!workflow) throw new Error(`The workflow is wrong:\n${diagnostics.map(inOneLine).join('\n')}\n\n${text}`);
  return workflow;
}

/** Surroundings in which the rows have these columns. */
export const withColumns = (columns: Columns): Surroundings => ({ columnsOf: () => Promise.resolve(columns) });

/** A diagnostic as a compiler prints it. */
export const inOneLine = ({ line, column, code, message, hint }: Diagnostic): string =>
  `${line}:${column} ${code}: ${message} ${hint}`;
