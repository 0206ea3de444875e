import { celMap } from './cel-values.ts';
import { finite } from './plain-json.ts';
import { childrenOf, type Evaluate, type SyntaxNode } from './syntax-tree.ts';

const arithmetic = new Set(['+', '-', '*', '/', '%', '-_']);

/**
 * Changes how a parsed expression is evaluated where cel-js would go on with a value that JSON does not have: a calculation with an
 * infinite result fails at once, and a map literal keeps every key. Must be called before the tree is evaluated.
 */
export function guardValues(root: SyntaxNode): void {
  const visit = (node: SyntaxNode): void => {
    childrenOf(node).forEach(visit);
    if (arithmetic.has(node.op)) node.setMeta('evaluate', finiteResult(node.meta.evaluate));
    if (node.op === 'map' && (node.args as unknown[]).length > 0) node.setMeta('evaluate', evaluateMap);
  };
  visit(root);
}

const finiteResult =
  (evaluate: Evaluate): Evaluate =>
  (evaluator, node, context) =>
    finite(evaluate(evaluator, node, context));

const evaluateMap: Evaluate = (evaluator, node, context) =>
  celMap(
    (node.args as [SyntaxNode, SyntaxNode][]).map(([key, value]) => [
      evaluator.run(key, context),
      evaluator.run(value, context),
    ]),
  );
