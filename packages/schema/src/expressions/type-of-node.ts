import type { Names } from './names.ts';
import { fieldOf, type SyntaxNode } from './syntax-tree.ts';
import { type ValueType, withoutNull } from './value-type.ts';

/** The declared type of `row`, `row.meta`, `classify["aspect"]`, …; undefined for what is no such path or has no declaration. */
export function typeOfNode(node: SyntaxNode, names: Names): ValueType | undefined {
  if (node.op === 'id') return own(names, String(node.args));
  const read = fieldOf(node);
  if (read) {
    const owner = typeOfNode(read.owner, names);
    const type = owner && withoutNull(owner);
    return typeof type === 'object' && 'fields' in type ? own(type.fields, read.field) : undefined;
  }
  if (node.op !== '[]') return undefined;
  const list = typeOfNode((node.args as SyntaxNode[])[0] as SyntaxNode, names);
  const type = list && withoutNull(list);
  return typeof type === 'object' && 'list' in type ? type.list : undefined;
}

const own = (types: Names, name: string): ValueType | undefined =>
  Object.hasOwn(types, name) ? types[name] : undefined;

/** A path as its words, the same for `a.b` and `a["b"]`; undefined for anything else. */
export function pathOfNode(node: SyntaxNode): string | undefined {
  if (node.op === 'id') return JSON.stringify(node.args);
  const read = fieldOf(node);
  const owner = read && pathOfNode(read.owner);
  return owner === undefined ? undefined : `${owner}.${JSON.stringify(read?.field)}`;
}
