import { type Document, isMap, isNode, isSeq, type Node } from 'yaml';
import { keyText } from './source.ts';
import type { TextRange } from './text-lines.ts';
import type { YamlPath } from './yaml-path.ts';

/** A key that stands in its map before. */
export interface DuplicateKey {
  readonly path: YamlPath;
  readonly range: TextRange;
}

/** Every key that stands a second time in its map, in the order of the file. */
export function duplicateKeys(document: Document): readonly DuplicateKey[] {
  const found: DuplicateKey[] = [];
  const visit = (node: unknown, path: YamlPath): void => {
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    }
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = keyText(key);
      const place = [...path, name];
      if (seen.has(name) && isNode(key)) found.push({ path: place, range: rangeOf(key) });
      seen.add(name);
      visit(value, place);
    }
  };
  visit(document.contents, []);
  return found;
}

const rangeOf = ({ range }: Node): TextRange => ({ start: range?.[0] ?? 0, end: range?.[1] ?? 0 });
