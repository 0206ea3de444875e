import { callOf, childrenOf, fieldOf, macroOf, type SyntaxNode } from './syntax-tree.ts';

/** The places an expression reads, as it writes them: `row.text`, `row["Review Text"]`, `classify.score`; a macro's own variable is none. */
export function pathsRead(root: SyntaxNode): ReadonlySet<string> {
  const paths = new Set<string>();
  const visit = (node: SyntaxNode, local: ReadonlySet<string>): void => {
    const path = pathOf(node, local);
    const macro = macroOf(node);
    if (path !== undefined) paths.add(path);
    else if (macro) {
      const receiver = callOf(node)?.receiver;
      if (receiver) visit(receiver, local);
      for (const child of macro.args) visit(child, new Set([...local, macro.variable]));
    } else for (const child of childrenOf(node)) visit(child, local);
  };
  visit(root, new Set());
  return paths;
}

function pathOf(node: SyntaxNode, local: ReadonlySet<string>): string | undefined {
  if (node.op === 'id') return local.has(String(node.args)) ? undefined : String(node.args);
  const read = fieldOf(node);
  const owner = read && pathOf(read.owner, local);
  if (read === undefined || owner === undefined) return undefined;
  return /^[A-Za-z_]\w*$/.test(read.field) ? `${owner}.${read.field}` : `${owner}[${JSON.stringify(read.field)}]`;
}
