import { didYouMean } from '../suggest.ts';
import { withoutTwinNames } from './json-numbers.ts';
import type { ExpressionProblem, Names } from './language.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import type { ValueType } from './value-type.ts';

/** What cel-js's errors carry. */
interface CelProblem {
  readonly name: string;
  readonly code: string;
  readonly summary: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly node?: SyntaxNode;
}

/** The functions of the language that users may call, for suggestions. */
export const functionNames = [
  'default',
  'json',
  'lines',
  'size',
  'int',
  'double',
  'string',
  'bool',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
  'join',
  'map',
  'filter',
  'exists',
  'exists_one',
  'all',
  'has',
  'type',
] as const;

/** Turns an error of cel-js into ours: with the exact place and what was probably meant. */
export function explainProblem(error: unknown, code: string, names: Names): ExpressionProblem {
  const problem = error as CelProblem;
  const range = problem.range ?? { start: 0, end: code.length };
  const summary = withoutTwinNames(problem.summary ?? String(error));
  switch (problem.code) {
    case 'unknown_variable':
      return unknownName(code.slice(range.start, range.end), range, names);
    case 'no_such_key':
      return unknownField(problem, summary, range, names);
    case 'no_matching_overload':
      return unknownFunction(summary, range);
    default:
      return { ...range, ...(problem.name === 'ParseError' ? syntax(summary) : mismatch(summary)) };
  }
}

const syntax = (summary: string) =>
  ({
    code: 'EXPRESSION_SYNTAX',
    message: `This is not an expression: ${lowerFirst(summary).replace('EOF', 'end of the expression')}.`,
    hint: 'Expressions are CEL; a literal `${` is written `$${`.',
  }) as const;

const mismatch = (summary: string) =>
  ({
    code: 'EXPRESSION_TYPE',
    message: `The types do not fit: ${lowerFirst(jsonTypes(summary))}.`,
    hint: summary.includes('+') ? 'Convert a value with `string(x)` or `double(x)`.' : '',
  }) as const;

function unknownName(name: string, range: { start: number; end: number }, names: Names): ExpressionProblem {
  return {
    ...range,
    code: 'NAME_UNKNOWN',
    message: `There is no \`${name}\` here.`,
    hint: didYouMean(name, Object.keys(names)),
  };
}

function unknownField(
  problem: CelProblem,
  summary: string,
  range: { start: number; end: number },
  names: Names,
): ExpressionProblem {
  const field = summary.slice(summary.indexOf(':') + 2);
  const left = (problem.node?.args as readonly SyntaxNode[] | undefined)?.[0];
  const owner = left ? typeOf(left, names) : undefined;
  const fields = typeof owner === 'object' && 'fields' in owner ? Object.keys(owner.fields) : [];
  const what = left?.op === 'id' && left.args === 'row' ? 'The rows have no column' : 'There is no field';
  return { ...range, code: 'FIELD_UNKNOWN', message: `${what} \`${field}\`.`, hint: didYouMean(field, fields) };
}

function unknownFunction(summary: string, range: { start: number; end: number }): ExpressionProblem {
  const call = /'(.*)'/.exec(summary)?.[1] ?? summary;
  const name = /(\w+)\(/.exec(call)?.[1] ?? call;
  const known = (functionNames as readonly string[]).includes(name);
  return {
    ...range,
    code: 'FUNCTION_UNKNOWN',
    message: known
      ? `\`${name}\` does not take these types: \`${jsonTypes(call)}\`.`
      : `There is no function \`${name}\`.`,
    hint: known ? '' : didYouMean(name, functionNames),
  };
}

/** The declared type of `row`, `row.meta`, `classify.items`, …. */
function typeOf(node: SyntaxNode, names: Names): ValueType | undefined {
  if (node.op === 'id') return names[String(node.args)];
  if (node.op !== '.') return undefined;
  const [left, field] = node.args as [SyntaxNode, string];
  const owner = typeOf(left, names);
  return typeof owner === 'object' && 'fields' in owner ? owner.fields[field] : undefined;
}

const jsonTypes = (text: string): string => text.replaceAll('double', 'number').replaceAll(/\$\w+(\.\w+)*/g, 'map');

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
