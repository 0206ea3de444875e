/** A node of cel-js's syntax tree, as far as we look into it. */
export interface SyntaxNode {
  readonly op: string;
  args: unknown;
  readonly start: number;
  readonly end: number;
  readonly meta: { readonly check: unknown; readonly evaluate: unknown };
  clone(
    operator: { readonly name: string; readonly check: unknown; readonly evaluate: unknown },
    args: unknown,
  ): SyntaxNode;
}

/** The direct children of a node, in the order of the source. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (isNode(value)) found.push(value);
  };
  collect(node.args);
  return found;
}

/** The name of a called function or macro, and its arguments; undefined for any other node. */
export function callOf(node: SyntaxNode): { readonly name: string; readonly args: readonly SyntaxNode[] } | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const parts = node.args as readonly unknown[];
  return { name: String(parts[0]), args: parts[parts.length - 1] as readonly SyntaxNode[] };
}

const isNode = (value: unknown): value is SyntaxNode => typeof value === 'object' && value !== null && 'op' in value;
