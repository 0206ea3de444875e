import { didYouMean } from '../suggest.ts';
import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';
import { literalText, operandsOf, type SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import { withoutNull } from './value-type.ts';
import { typedChildren } from './walk-typed.ts';

/** Finds a comparison of one of a few words with another word, such as `sentiment == "negativ"`: it would never be true. */
export function checkChoices(root: SyntaxNode, code: string, names: Names): ExpressionProblem | undefined {
  const problem = ownProblem(root, code, names);
  if (problem) return problem;
  for (const [child, inner] of typedChildren(root, names)) {
    const found = checkChoices(child, code, inner);
    if (found) return found;
  }
  return undefined;
}

function ownProblem(node: SyntaxNode, code: string, names: Names): ExpressionProblem | undefined {
  const [left, right] = operandsOf(node);
  if (!left || !right) return undefined;
  if (node.op === '==' || node.op === '!=') {
    return impossible(left, [right], code, names) ?? impossible(right, [left], code, names);
  }
  return node.op === 'in' && right.op === 'list' ? impossible(left, operandsOf(right), code, names) : undefined;
}

function impossible(
  node: SyntaxNode,
  literals: readonly SyntaxNode[],
  code: string,
  names: Names,
): ExpressionProblem | undefined {
  const found = typeOfNode(node, names);
  const type = found && withoutNull(found);
  if (typeof type !== 'object' || !('choices' in type)) return undefined;
  const wrong = literals.find((literal) => {
    const text = literalText(literal);
    return text !== undefined && !type.choices.includes(text);
  });
  if (!wrong) return undefined;
  const word = literalText(wrong) as string;
  const message = `\`${code.slice(node.start, node.end)}\` is never \`${JSON.stringify(word)}\`.`;
  return { start: wrong.start, end: wrong.end, code: 'EXPRESSION_TYPE', message, hint: didYouMean(word, type.choices) };
}
