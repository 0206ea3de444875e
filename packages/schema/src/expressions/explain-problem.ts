import { didYouMean } from '../suggest.ts';
import { explainSyntax } from './explain-syntax.ts';
import { functionNameRange } from './function-name-range.ts';
import { formsOf, isFunctionName, sameFunction } from './function-table.ts';
import { withoutTwinNames } from './json-numbers.ts';
import type { Names } from './names.ts';
import { plainReason } from './plain-words.ts';
import type { ExpressionProblem } from './problem.ts';
import { fieldOf, type SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import { withoutNull } from './value-type.ts';
import { namesAt } from './walk-typed.ts';

/** What cel-js's errors carry. */
interface CelProblem {
  readonly name: string;
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: SyntaxNode;
}

type Range = { readonly start: number; readonly end: number };

/** Turns an error of cel-js into ours: with the exact place and what was probably meant. `tree` is the expression, where it has one. */
export function explainProblem(error: unknown, code: string, names: Names, tree?: SyntaxNode): ExpressionProblem {
  const problem = error as CelProblem;
  const range = problem.range ?? { start: 0, end: code.length };
  if (problem.summary === undefined) return tooMuch(error, range);
  if (problem.name === 'ParseError') return explainSyntax(problem, code, range);
  switch (problem.code) {
    case 'unknown_variable':
      return unknownName(code.slice(range.start, range.end), range, names);
    case 'no_such_key':
      return unknownField(problem, range, (tree && problem.node && namesAt(problem.node, tree, names)) ?? names);
    case 'no_matching_overload':
      return wrongCall(problem, code, range);
    case 'cannot_index_type':
      return noFields(problem, range);
    case 'invalid_index_type':
      return problem.node?.op === '.' ? noFields(problem, range) : wrongType(problem, range);
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
function tooMuch(error: unknown, range: Range): ExpressionProblem {
  const { message } = error as Error;
  const reason = message.includes('call stack') ? 'it is nested too deeply' : message;
  return { ...range, code: 'EXPRESSION_SYNTAX', message: `This expression cannot be read: ${reason}.`, hint: '' };
}

const wrongType = (problem: CelProblem, range: Range): ExpressionProblem => ({
  ...nodeRange(problem, range),
  code: 'EXPRESSION_TYPE',
  message: sentence(problem.summary),
  hint: conversionHint(problem.summary),
});

/** Of a field behind a dot cel-js gives only the field. */
const nodeRange = ({ node }: CelProblem, range: Range): Range => (node ? { start: node.start, end: node.end } : range);

const sentence = (summary: string): string => {
  const reason = plainReason(summary);
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
};

function conversionHint(summary: string): string {
  if (/ in string$/.test(summary)) return 'Whether a text holds another is `text.contains(part)`.';
  if (!/\b(string\b.* double|double\b.* string)$|'string' and 'double'$|'double' and 'string'$/.test(summary))
    return '';
  return summary.includes(' + ')
    ? 'Make a text of the number with `string(x)`, or a number of the text with `double(x)`.'
    : 'Make a number of the text with `double(x)`, or put the number in quotes.';
}

const rowHint = 'Rows come from a file that `each:` names, and there is no `each:`.';
const laterHint = 'This word is kept for a later version.';

function unknownName(name: string, range: Range, names: Names): ExpressionProblem {
  const message = `There is no \`${name}\` here.`;
  return { ...range, code: 'NAME_UNKNOWN', message, hint: nameHint(name, names) };
}

function nameHint(name: string, names: Names): string {
  if (['row', 'key', 'index'].includes(name)) {
    return 'row' in names ? 'The key and the index of a row are known to its steps.' : rowHint;
  }
  if (['secrets', 'item', 'items', 'group', 'previous', 'run'].includes(name)) return laterHint;
  if (name === 'input') return 'Did you mean `inputs`?';
  if (name === 'and') return 'Write `&&`.';
  if (name === 'or') return 'Write `||`.';
  if (name === 'not') return 'Write `!`.';
  if (name === 'None' || name === 'nil' || name === 'undefined') return 'Write `null`.';
  if (name === 'True' || name === 'False') return `Write \`${name.toLowerCase()}\`.`;
  const hint = didYouMean(name, Object.keys(names));
  return hint.startsWith('There') ? `${hint} A text stands in quotes.` : hint;
}

function unknownField(problem: CelProblem, range: Range, names: Names): ExpressionProblem {
  const read = problem.node && fieldOf(problem.node);
  const field = read?.field ?? problem.summary.slice(problem.summary.indexOf(':') + 2);
  const found = read && typeOfNode(read.owner, names);
  const owner = found && withoutNull(found);
  const fields = typeof owner === 'object' && 'fields' in owner ? Object.keys(owner.fields) : [];
  const place = read && problem.node?.op === '[]' ? fieldRange(problem.node) : range;
  return {
    ...place,
    code: 'FIELD_UNKNOWN',
    message: fieldMessage(field, read?.owner),
    hint: didYouMean(field, fields) || noFieldsHint(read?.owner),
  };
}

const noFieldsHint = (owner: SyntaxNode | undefined): string =>
  owner?.op === 'id' && owner.args === 'inputs' ? 'The file declares no `inputs:`.' : '';

function fieldRange(node: SyntaxNode): Range {
  const { start, end } = (node.args as SyntaxNode[])[1] as SyntaxNode;
  return { start, end };
}

function fieldMessage(field: string, owner: SyntaxNode | undefined): string {
  const name = owner?.op === 'id' ? owner.args : undefined;
  if (name === 'row') return `The rows have no column \`${field}\`.`;
  if (name === 'inputs') return `There is no input \`${field}\`.`;
  if (name === 'steps') return `There is no step \`${field}\`.`;
  return typeof name === 'string' ? `\`${name}\` has no field \`${field}\`.` : `There is no field \`${field}\`.`;
}

function wrongCall(problem: CelProblem, code: string, range: Range): ExpressionProblem {
  const name = withoutTwinNames(String((problem.node?.args as readonly unknown[] | undefined)?.[0] ?? ''));
  const hint = isFunctionName(name) ? `It is called as ${formsOf(name)}.` : '';
  const place = problem.node ? functionNameRange(problem.node, code, name) : range;
  return { ...place, code: 'FUNCTION_UNKNOWN', message: sentence(problem.summary), hint };
}

/** `row.text.length`: a field of what has none. */
function noFields(problem: CelProblem, range: Range): ExpressionProblem {
  const read = problem.node && fieldOf(problem.node);
  const what = problem.code === 'invalid_index_type' ? 'A list has no fields' : sentence(problem.summary).slice(0, -1);
  if (!read)
    return {
      ...range,
      code: 'FIELD_UNKNOWN',
      message: `${what}.`,
      hint: 'A part of a text is `text.substring(0, 1)`.',
    };
  const same = isFunctionName(read.field) ? read.field : sameFunction(read.field);
  const message = `${what}, so there is no \`${read.field}\`.`;
  const hint = same ? `Write ${formsOf(same)}.` : '';
  return { ...range, code: 'FIELD_UNKNOWN', message, hint };
}
