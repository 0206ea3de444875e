/** A node of cel-js's syntax tree, as far as we look into it. */
export interface SyntaxNode {
  readonly op: string;
  args: unknown;
  /** Where the node begins and ends in its expression. */
  readonly start: number;
  readonly end: number;
  /** Where the word begins that an error is about; of a field behind a dot, the field. */
  readonly pos: number;
  readonly meta: { readonly check: unknown; readonly evaluate: Evaluate };
  setMeta(key: 'evaluate', value: Evaluate): unknown;
  /** The node that stands in for this one. */
  setMeta(key: 'alternate', value: SyntaxNode): unknown;
  clone(
    operator: { readonly name: string; readonly check: unknown; readonly evaluate: unknown },
    args: unknown,
  ): SyntaxNode;
}

/** How cel-js evaluates a node. */
export type Evaluate = (evaluator: Evaluator, node: SyntaxNode, context: unknown) => unknown;

/** The part of cel-js's evaluator that a node of ours calls. */
export interface Evaluator {
  run(node: SyntaxNode, context: unknown): unknown;
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

/** The operands of an operator; empty for a node that has none. */
export const operandsOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  isNode(node.args) ? [node.args] : Array.isArray(node.args) ? node.args.filter(isNode) : [];

/** A called function or macro. */
export interface Call {
  readonly name: string;
  /** What stands before the dot: `x` of `x.trim()`. */
  readonly receiver: SyntaxNode | undefined;
  readonly args: readonly SyntaxNode[];
}

/** A node as a call; undefined for any other. */
export function callOf(node: SyntaxNode): Call | undefined {
  if (node.op !== 'call' && node.op !== 'rcall') return undefined;
  const parts = node.args as readonly unknown[];
  return {
    name: String(parts[0]),
    receiver: node.op === 'rcall' ? (parts[1] as SyntaxNode) : undefined,
    args: parts[parts.length - 1] as readonly SyntaxNode[],
  };
}

const macros = new Set(['map', 'filter', 'exists', 'exists_one', 'all']);

/** The variable of a macro such as `x` of `list.map(x, x.name)`, and the arguments that may read it. */
export function macroOf(
  node: SyntaxNode,
): { readonly variable: string; readonly args: readonly SyntaxNode[] } | undefined {
  const call = callOf(node);
  const [variable, ...args] = call?.args ?? [];
  if (!call?.receiver || !macros.has(call.name) || variable?.op !== 'id') return undefined;
  return { variable: String(variable.args), args };
}

/** The text of a literal; undefined for any other node. */
export const literalText = (node: SyntaxNode | undefined): string | undefined =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;

/** What is read of what, for `a.b` and `a["b"]`; undefined for any other node and for a computed field. */
export function fieldOf(node: SyntaxNode): { readonly owner: SyntaxNode; readonly field: string } | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [owner, field] = node.args as [SyntaxNode, string | SyntaxNode];
  const name = typeof field === 'string' ? field : literalText(field);
  return name === undefined ? undefined : { owner, field: name };
}

const isNode = (value: unknown): value is SyntaxNode => typeof value === 'object' && value !== null && 'op' in value;
