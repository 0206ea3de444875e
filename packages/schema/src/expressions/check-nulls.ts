import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';
import { callOf, macroOf, operandsOf, type SyntaxNode } from './syntax-tree.ts';
import { pathOfNode, typeOfNode } from './type-of-node.ts';
import { typedChildren } from './walk-typed.ts';

/** Paths that are known not to be null at a place. */
type Known = ReadonlySet<string>;

/**
 * Finds a value that may be null (`string?`) where only one that is not null can be used: `x != null && x.contains("a")` and
 * `default(x, "").contains("a")` are fine, `x.contains("a")` alone is not.
 */
export function checkNulls(root: SyntaxNode, code: string, names: Names): ExpressionProblem | undefined {
  const check = (node: SyntaxNode, scope: Names, known: Known, isGuarded: boolean): ExpressionProblem | undefined => {
    const unsafe = isGuarded ? undefined : usesValue(node).find((child) => mayBeNull(child, scope, known));
    if (unsafe) return problemAt(unsafe, code);
    for (const [child, inner] of typedChildren(node, scope)) {
      const found = check(child, inner, knownIn(child, node, known), isGuardedIn(child, node, isGuarded));
      if (found) return found;
    }
    return undefined;
  };
  return check(root, names, new Set(), false);
}

/** `default(a.b.c, …)` holds for a field of null too. */
function isGuardedIn(child: SyntaxNode, node: SyntaxNode, isGuarded: boolean): boolean {
  if (node.op === '.' || node.op === '[]') return isGuarded && child === operandsOf(node)[0];
  const call = callOf(node);
  return call?.name === 'default' && child === call.args[0] && pathOfNode(child) !== undefined;
}

/** Whether an expression may give null where its types say so, guards and `default` counted in. */
export function mayBeNull(node: SyntaxNode, names: Names, known: Known = new Set()): boolean {
  const [, second, third] = operandsOf(node);
  if (node.op === 'value') return node.args === null;
  if (node.op === '?:' && second && third) {
    return [second, third].some((branch) => mayBeNull(withoutDyn(branch), names, knownIn(branch, node, known)));
  }
  const call = callOf(node);
  if (call?.name === 'default') return call.args[1] !== undefined && mayBeNull(call.args[1], names, known);
  const type = typeOfNode(node, names);
  const path = pathOfNode(node);
  return typeof type === 'object' && 'nullable' in type && (path === undefined || !known.has(path));
}

/** The null of `x ? y : null` is in a `dyn(…)` that the user did not write. */
const withoutDyn = (node: SyntaxNode): SyntaxNode => {
  const call = callOf(node);
  return (call?.name === 'dyn' && call.args[0]) || node;
};

const takesNull = new Set(['default', 'dyn', 'has', 'json', 'type']);
const operators = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '&&', '||', '!_', '-_']);

/** The children of which a node needs the value. */
function usesValue(node: SyntaxNode): readonly SyntaxNode[] {
  const call = callOf(node);
  if (macroOf(node)) return call?.receiver ? [call.receiver] : [];
  if (call) return takesNull.has(call.name) ? [] : [...(call.receiver ? [call.receiver] : []), ...call.args];
  const parts = operandsOf(node);
  if (operators.has(node.op)) return parts;
  if (node.op === '[]') return parts.map(withoutDyn);
  if (node.op === '.' || node.op === '?:') return parts.slice(0, 1);
  return node.op === 'in' ? parts.slice(1) : [];
}

/** What is known in a child: `b` of `a && b` is only evaluated where `a` is true. */
function knownIn(child: SyntaxNode, node: SyntaxNode, known: Known): Known {
  const [first, second, third] = operandsOf(node);
  if (!first || child === first) return known;
  if (node.op === '&&' && child === second) return union(known, notNullWhere(first, true));
  if (node.op === '||' && child === second) return union(known, notNullWhere(first, false));
  if (node.op !== '?:') return known;
  if (child === second) return union(known, notNullWhere(first, true));
  return child === third ? union(known, notNullWhere(first, false)) : known;
}

/** The paths that are not null where a condition is true, or false. */
function notNullWhere(condition: SyntaxNode, isTrue: boolean): Known {
  const [left, right] = operandsOf(condition);
  if (left && condition.op === '!_') return notNullWhere(left, !isTrue);
  if (!left || !right) return new Set();
  if (condition.op === (isTrue ? '&&' : '||')) return union(notNullWhere(left, isTrue), notNullWhere(right, isTrue));
  if (condition.op !== '==' && condition.op !== '!=') return new Set();
  const isEqual = (condition.op === '==') === isTrue;
  const found = [isOther(left, isEqual) && pathOfNode(right), isOther(right, isEqual) && pathOfNode(left)];
  return new Set(found.filter((path) => typeof path === 'string'));
}

/** A value that a null is unlike: null itself where the two differ, any literal but null where they are equal. */
const isOther = (node: SyntaxNode, isEqual: boolean): boolean =>
  node.op === 'value' && (node.args === null) !== isEqual;

const union = (a: Known, b: Known): Known => (b.size === 0 ? a : new Set([...a, ...b]));

/** A value that may be null, at a place that needs one. */
function problemAt(node: SyntaxNode, code: string): ExpressionProblem {
  const { start, end } = node;
  const written = code.slice(start, end);
  const isNull = node.op === 'value';
  const test = pathOfNode(node) === undefined ? '' : `, or test it first: \`${written} != null && …\``;
  return {
    start,
    end,
    code: 'EXPRESSION_TYPE',
    message: isNull ? '`null` cannot stand here.' : `\`${written}\` may be null here.`,
    hint: isNull ? '' : `Write \`default(${written}, …)\`${test}.`,
  };
}
