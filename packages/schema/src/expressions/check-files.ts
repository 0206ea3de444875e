import { isMillraceError } from '@millrace/errors';
import type { DiagnosticCode } from '../diagnostic.ts';
import type { ExpressionProblem } from './problem.ts';
import type { ReadText } from './register-file.ts';
import { callOf, childrenOf, literalText, type SyntaxNode } from './syntax-tree.ts';

/** Finds a file that is named by a text and cannot be read; one that is computed is looked for when the expression runs. */
export function checkFiles(root: SyntaxNode, readText: ReadText | undefined): ExpressionProblem | undefined {
  if (!readText) return undefined;
  const call = callOf(root);
  const [path] = call?.name === 'file' ? call.args : [];
  const found = path && problemOf(path, readText);
  if (found) return found;
  for (const child of childrenOf(root)) {
    const problem = checkFiles(child, readText);
    if (problem) return problem;
  }
  return undefined;
}

const codes: ReadonlySet<string> = new Set<DiagnosticCode>(['FILE_NOT_FOUND', 'PATH_REFUSED']);

function problemOf(path: SyntaxNode, readText: ReadText): ExpressionProblem | undefined {
  const text = literalText(path);
  if (text === undefined) return undefined;
  try {
    readText(text);
    return undefined;
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    const code = codes.has(error.code) ? (error.code as DiagnosticCode) : 'FILE_UNREADABLE';
    return { start: path.start, end: path.end, code, message: error.message, hint: error.hint };
  }
}
