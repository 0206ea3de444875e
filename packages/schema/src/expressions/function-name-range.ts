import { callOf, type SyntaxNode } from './syntax-tree.ts';

/** Where the name of a called function stands in an expression. */
export function functionNameRange(node: SyntaxNode, code: string, name: string): { start: number; end: number } {
  const receiver = callOf(node)?.receiver;
  const start = receiver ? code.indexOf(name, dotBehind(receiver.end, code)) : node.start;
  return { start, end: start + name.length };
}

/** Behind parentheses and comments. */
const dotBehind = (end: number, code: string): number =>
  end + (/^(?:\s|\)|\/\/.*\n)*/.exec(code.slice(end))?.[0].length ?? 0);
