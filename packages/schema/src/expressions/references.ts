import { pathsRead } from './paths-read.ts';
import { callOf, childrenOf, fieldOf, macroOf, type SyntaxNode } from './syntax-tree.ts';

/** What an expression reads. */
export interface References {
  /** Names that must have a value. */
  readonly needed: ReadonlySet<string>;
  /** Names that may be absent: read only through `default(…)`, or as `steps.NAME`. */
  readonly optional: ReadonlySet<string>;
  /** The places that are read, such as `row.text`. */
  readonly paths: ReadonlySet<string>;
}

/** Collects the names an expression reads; a macro's own variable is none. */
export function referencesOf(root: SyntaxNode): References {
  const needed = new Set<string>();
  const optional = new Set<string>();

  const visit = (node: SyntaxNode, local: ReadonlySet<string>, into: Set<string>): void => {
    const read = fieldOf(node);
    if (read?.owner.op === 'id' && read.owner.args === 'steps' && !local.has('steps')) {
      // What is known of a step is there whether it ran or not.
      optional.add(read.field);
    } else if (node.op === 'id') {
      if (!local.has(String(node.args))) into.add(String(node.args));
    } else if (macroOf(node)) {
      visitMacro(node, local, into);
    } else if (callOf(node)?.name === 'default') {
      callOf(node)?.args.forEach((child, index) => {
        visit(child, local, index === 0 ? optional : into);
      });
    } else {
      for (const child of childrenOf(node)) visit(child, local, into);
    }
  };

  const visitMacro = (node: SyntaxNode, local: ReadonlySet<string>, into: Set<string>): void => {
    const macro = macroOf(node);
    const receiver = callOf(node)?.receiver;
    if (receiver) visit(receiver, local, into);
    for (const child of macro?.args ?? []) visit(child, new Set([...local, macro?.variable ?? '']), into);
  };

  visit(root, new Set(), needed);
  for (const name of needed) optional.delete(name);
  return { needed, optional, paths: pathsRead(root) };
}
