import { didYouMean } from '../suggest.ts';
import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';
import { callOf, literalText, operandsOf, type SyntaxNode } from './syntax-tree.ts';
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
  if (node.op === '==' || node.op === '!=') return impossible(left, [right], code, names);
  return node.op === 'in' && right.op === 'list' ? impossible(left, operandsOf(right), code, names) : undefined;
}

function impossible(
  left: SyntaxNode,
  others: readonly SyntaxNode[],
  code: string,
  names: Names,
): ExpressionProblem | undefined {
  const words = wordsOf(left, names);
  if (!words) return undefined;
  for (const other of others) {
    const found = wordsOf(other, names);
    if (!found || !(words.isDeclared || found.isDeclared) || found.all.some((word) => words.all.includes(word)))
      continue;
    const text = literalText(other);
    if (text !== undefined) return never(left, other, text, words.all, code);
    const own = literalText(left);
    return own === undefined ? different(left, other, found.all, code) : never(other, left, own, found.all, code);
  }
  return undefined;
}

/** All that a text can be. */
interface Words {
  readonly all: readonly string[];
  /** Whether a declaration says so of some of them. */
  readonly isDeclared: boolean;
}

/** The words of a literal, of a declared choice, and of the forms of `?:` and `default` all together; undefined for any other text. */
function wordsOf(node: SyntaxNode, names: Names): Words | undefined {
  const text = literalText(node);
  if (text !== undefined) return { all: [text], isDeclared: false };
  const call = callOf(node);
  const forms = node.op === '?:' ? operandsOf(node).slice(1) : call?.name === 'default' ? call.args : undefined;
  if (forms) return together(forms.map((form) => wordsOf(form, names)));
  const found = typeOfNode(node, names);
  const type = found && withoutNull(found);
  return typeof type === 'object' && 'choices' in type ? { all: type.choices, isDeclared: true } : undefined;
}

function together(forms: readonly (Words | undefined)[]): Words | undefined {
  const known = forms.filter((form) => form !== undefined);
  if (known.length < forms.length) return undefined;
  const all = [...new Set(known.flatMap((form) => form.all))];
  return { all, isDeclared: known.some((form) => form.isDeclared) };
}

function never(
  node: SyntaxNode,
  literal: SyntaxNode,
  word: string,
  choices: readonly string[],
  code: string,
): ExpressionProblem {
  const message = `\`${code.slice(node.start, node.end)}\` is never \`${JSON.stringify(word)}\`.`;
  return {
    start: literal.start,
    end: literal.end,
    code: 'EXPRESSION_TYPE',
    message,
    hint: didYouMean(word, choices),
  };
}

function different(left: SyntaxNode, right: SyntaxNode, choices: readonly string[], code: string): ExpressionProblem {
  const [first, second] = [left, right].map(({ start, end }) => `\`${code.slice(start, end)}\``);
  const message = `${first} and ${second} are never the same.`;
  const hint = `${second} is ${choices.map((word) => `\`${word}\``).join(' or ')}.`;
  return { start: left.start, end: right.end, code: 'EXPRESSION_TYPE', message, hint };
}
