import type { Names } from './names.ts';
import { callOf, childrenOf, macroOf, type SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import { withoutNull } from './value-type.ts';

/** The children of a node, each with the names it may read: within a macro, its variable stands for an item of the list. */
export function typedChildren(node: SyntaxNode, names: Names): readonly (readonly [SyntaxNode, Names])[] {
  const macro = macroOf(node);
  const receiver = callOf(node)?.receiver;
  if (!macro || !receiver) return childrenOf(node).map((child) => [child, names]);
  const list = typeOfNode(receiver, names);
  const type = list && withoutNull(list);
  const item = typeof type === 'object' && 'list' in type ? type.list : 'dyn';
  const inner = { ...names, [macro.variable]: item };
  return [[receiver, names], ...macro.args.map((child) => [child, inner] as const)];
}

/** The names that may be read at a node of a tree; undefined where it is not in it. */
export function namesAt(node: SyntaxNode, tree: SyntaxNode, names: Names): Names | undefined {
  if (node === tree) return names;
  for (const [child, inner] of typedChildren(tree, names)) {
    const found = namesAt(node, child, inner);
    if (found) return found;
  }
  return undefined;
}
