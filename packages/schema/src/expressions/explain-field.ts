import { didYouMean } from '../suggest.ts';
import type { CelProblem, CodeRange } from './cel-problem.ts';
import { callOn, isFunctionName, sameFunction } from './function-table.ts';
import type { Names } from './names.ts';
import { plainSentence } from './plain-words.ts';
import type { ExpressionProblem } from './problem.ts';
import { fieldOf, type SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import { withoutNull } from './value-type.ts';

/** A field, a column, an input or a step that does not exist. */
export function unknownField(problem: CelProblem, range: CodeRange, names: Names): ExpressionProblem {
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

function fieldRange(node: SyntaxNode): CodeRange {
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

/** `row.text.length`: a field of what has none. */
export function noFields(problem: CelProblem, code: string, range: CodeRange): ExpressionProblem {
  const read = problem.node && fieldOf(problem.node);
  const what =
    problem.code === 'invalid_index_type' ? 'A list has no fields' : plainSentence(problem.summary).slice(0, -1);
  if (!read)
    return {
      ...range,
      code: 'FIELD_UNKNOWN',
      message: `${what}.`,
      hint: 'A part of a text is `text.substring(0, 1)`.',
    };
  const same = isFunctionName(read.field) ? read.field : sameFunction(read.field);
  const message = `${what}, so there is no \`${read.field}\`.`;
  const hint = same ? `Write \`${callOn(same, code.slice(read.owner.start, read.owner.end))}\`.` : '';
  return { ...range, code: 'FIELD_UNKNOWN', message, hint };
}
