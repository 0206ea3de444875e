import { callOf, childrenOf, macroOf, operandsOf, type SyntaxNode } from './syntax-tree.ts';

/** CEL's built-ins that return or take an `int`, or that do what ours must not; each has a twin of ours, under a name with this prefix. */
const twins = new Set(['size', 'int', 'double', 'indexOf', 'lastIndexOf', 'substring', 'split', 'matches']);
const prefix = 'json_';

/** The name under which the twin of a built-in is registered. */
export const twinName = (name: string): string => prefix + name;

/** Gives the names in a message of cel-js back as the user wrote them. */
export const withoutTwinNames = (message: string): string => message.replaceAll(prefix, '');

/**
 * Changes a parsed expression so that there is one kind of number, as in JSON, and null is a value like others.
 *
 * CEL keeps `int` and `double` apart (`n + 1` fails for a JSON number `n`, `1 / 2` is 0). Here a literal `1` becomes a double, and
 * the built-ins that return an `int` are replaced by twins. A list index must stay an `int`, or be of a type that is only known
 * when it runs, as must the null of `x ? y : null` and an empty list that a macro goes over. Must be called after parsing and before the tree is checked or evaluated.
 *
 * @param dynCall A call of `dyn`, to make others of.
 */
export function useJsonNumbers(root: SyntaxNode, dynCall: SyntaxNode): void {
  const asDyn = (node: SyntaxNode): SyntaxNode =>
    node.clone({ name: 'call', check: dynCall.meta.check, evaluate: dynCall.meta.evaluate }, ['dyn', [node]]);

  const visit = (node: SyntaxNode): void => {
    const call = callOf(node);
    if (macroOf(node) && call?.receiver) loosenEmpty(call.receiver, asDyn);
    if (call && twins.has(call.name)) (node.args as unknown[])[0] = twinName(call.name);
    if (node.op === 'value' && typeof node.args === 'bigint') node.args = Number(node.args);
    else if (node.op === '[]') visitIndex(node.args as SyntaxNode[]);
    else childrenOf(node).forEach(visit);
    if (node.op === '?:') loosenNulls(node.args as SyntaxNode[], asDyn);
  };
  const visitIndex = (parts: SyntaxNode[]): void => {
    const [list, index] = parts as [SyntaxNode, SyntaxNode];
    visit(list);
    if (index.op === 'value') {
      if (Number.isInteger(index.args)) index.args = BigInt(index.args as number);
      return;
    }
    visit(index);
    parts[1] = asDyn(index);
  };
  visit(root);
}

/** cel-js fails to compare the items of an empty list or map, of which it knows no type. */
function loosenEmpty(node: SyntaxNode, asDyn: (node: SyntaxNode) => SyntaxNode): void {
  if (isEmpty(node)) {
    const { check, evaluate } = node.meta;
    // The macro holds this very node, so that it must not be replaced.
    node.setMeta('alternate', asDyn(node.clone({ name: node.op, check, evaluate }, node.args)));
  } else if (passing.has(node.op)) {
    for (const part of operandsOf(node)) loosenEmpty(part, asDyn);
  }
}

/** What gives a list that it was given, or a list of them. */
const passing = new Set(['+', '?:', 'list']);

const isEmpty = ({ op, args }: SyntaxNode): boolean =>
  (op === 'list' || op === 'map') && (args as readonly unknown[]).length === 0;

const isNull = ({ op, args }: SyntaxNode): boolean => op === 'value' && args === null;

/** Of the branches; a condition is no null. */
function loosenNulls(parts: SyntaxNode[], by: (node: SyntaxNode) => SyntaxNode): void {
  for (const [index, node] of parts.entries()) if (index > 0 && isNull(node)) parts[index] = by(node);
}
