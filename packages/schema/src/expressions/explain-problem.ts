import type { CelProblem, CodeRange } from './cel-problem.ts';
import { noFields, unknownField } from './explain-field.ts';
import { type UnknownName, unknownName } from './explain-name.ts';
import { explainSyntax } from './explain-syntax.ts';
import { functionNameRange } from './function-name-range.ts';
import { formsOf, isFunctionName } from './function-table.ts';
import { withoutTwinNames } from './json-numbers.ts';
import type { Names } from './names.ts';
import { plainSentence } from './plain-words.ts';
import type { ExpressionProblem } from './problem.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { namesAt } from './walk-typed.ts';

/** Turns an error of cel-js into ours: with the exact place and what was probably meant. `tree` is the expression, where it has one. */
export function explainProblem(
  error: unknown,
  code: string,
  names: Names,
  tree?: SyntaxNode,
  explain?: (name: string) => UnknownName | undefined,
): ExpressionProblem {
  const problem = error as CelProblem;
  const range = problem.range ?? { start: 0, end: code.length };
  if (problem.summary === undefined) return tooMuch(error, range);
  if (problem.name === 'ParseError') return explainSyntax(problem, code, range);
  switch (problem.code) {
    case 'unknown_variable':
      return unknownName(code.slice(range.start, range.end), range, names, explain);
    case 'no_such_key':
      return unknownField(problem, range, (tree && problem.node && namesAt(problem.node, tree, names)) ?? names);
    case 'no_matching_overload':
      return wrongCall(problem, code, range);
    case 'cannot_index_type':
      return noFields(problem, code, range);
    case 'invalid_index_type':
      return problem.node?.op === '.' ? noFields(problem, code, range) : wrongType(problem, range);
    case 'invalid_macro_argument':
      return {
        ...nodeRange(problem, range),
        code: 'EXPRESSION_TYPE',
        message: `\`has\` takes a field of a value.`,
        hint: `It is called as ${formsOf('has')}.`,
      };
    default:
      return wrongType(problem, range);
  }
}

/** Not cel-js's error: the stack ended, or the expression was refused unread. */
function tooMuch(error: unknown, range: CodeRange): ExpressionProblem {
  const { message } = error as Error;
  const reason = message.includes('call stack') ? 'it is nested too deeply' : message;
  return { ...range, code: 'EXPRESSION_SYNTAX', message: `This expression cannot be read: ${reason}.`, hint: '' };
}

const wrongType = (problem: CelProblem, range: CodeRange): ExpressionProblem => ({
  ...nodeRange(problem, range),
  code: 'EXPRESSION_TYPE',
  message: plainSentence(problem.summary),
  hint: conversionHint(problem.summary),
});

/** Of a field behind a dot cel-js gives only the field. */
const nodeRange = ({ node }: CelProblem, range: CodeRange): CodeRange =>
  node ? { start: node.start, end: node.end } : range;

function conversionHint(summary: string): string {
  if (/ in string$/.test(summary)) return 'Whether a text holds another is `text.contains(part)`.';
  if (!/\b(string\b.* double|double\b.* string)$|'string' and 'double'$|'double' and 'string'$/.test(summary))
    return '';
  return summary.includes(' + ')
    ? 'Make a text of the number with `string(x)`, or a number of the text with `double(x)`.'
    : 'Make a number of the text with `double(x)`, or put the number in quotes.';
}

function wrongCall(problem: CelProblem, code: string, range: CodeRange): ExpressionProblem {
  const name = withoutTwinNames(String((problem.node?.args as readonly unknown[] | undefined)?.[0] ?? ''));
  const hint = isFunctionName(name) ? `It is called as ${formsOf(name)}.` : '';
  const place = problem.node ? functionNameRange(problem.node, code, name) : range;
  return { ...place, code: 'FUNCTION_UNKNOWN', message: plainSentence(problem.summary), hint };
}
