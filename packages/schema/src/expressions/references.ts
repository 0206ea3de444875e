import { callOf, childrenOf, type SyntaxNode } from './syntax-tree.ts';

/** What an expression reads. */
export interface References {
  /** Names that must have a value. */
  readonly needed: ReadonlySet<string>;
  /** Names that may be absent: read only through `default(…)`, or as `steps.NAME`. */
  readonly optional: ReadonlySet<string>;
}

const macros = new Set(['map', 'filter', 'exists', 'exists_one', 'all']);

/** Collects the names an expression reads; a macro's own variable is none. */
export function referencesOf(root: SyntaxNode): References {
  const needed = new Set<string>();
  const optional = new Set<string>();

  const visit = (node: SyntaxNode, local: ReadonlySet<string>, into: Set<string>): void => {
    const stepName = nameInSteps(node);
    if (stepName !== undefined) {
      optional.add(stepName);
      return;
    }
    if (node.op === 'id') {
      if (!local.has(String(node.args))) into.add(String(node.args));
      return;
    }
    const call = callOf(node);
    if (call && macros.has(call.name) && call.args[0]?.op === 'id') {
      const inner = new Set([...local, String(call.args[0].args)]);
      for (const child of childrenOf(node)) visit(child, call.args.includes(child) ? inner : local, into);
    } else if (call?.name === 'default') {
      call.args.forEach((child, index) => {
        visit(child, local, index === 0 ? optional : into);
      });
    } else {
      for (const child of childrenOf(node)) visit(child, local, into);
    }
  };

  visit(root, new Set(), needed);
  for (const name of needed) optional.delete(name);
  return { needed, optional };
}

/** `steps.classify` and `steps["classify"]` read what is known of a step, whether it ran or not. */
function nameInSteps(node: SyntaxNode): string | undefined {
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [left, right] = node.args as [SyntaxNode, string | SyntaxNode];
  if (left.op !== 'id' || left.args !== 'steps') return undefined;
  if (typeof right === 'string') return right;
  return right.op === 'value' && typeof right.args === 'string' ? right.args : undefined;
}
