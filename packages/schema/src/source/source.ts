import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts';
import { createPositions, firstLine, type TextRange } from './text-lines.ts';
import { pathText, type YamlPath } from './yaml-path.ts';

/** What a finding needs beside its place. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: 'error' | 'warning';
}

/** The text of a workflow file with the way back from values to places. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** The node at a path, behind an alias the one it stands for; undefined where there is none. */
  nodeAt(path: YamlPath): Node | undefined;
  /**
   * The place of the value at a path, or of its key; the nearest parent's where it does not exist, the key's where the value is left
   * empty. Of a value over many lines, the first one.
   */
  rangeOf(path: YamlPath, part: 'key' | 'value'): TextRange;
  diagnose(path: YamlPath, range: TextRange, finding: Finding): Diagnostic;
}

/** Finds places in a text by the document that was parsed from it. */
export function createSource(file: string, text: string, document?: Document): Source {
  const positionOf = createPositions(text);
  const find = createFinder(document);

  const rangeOf = (path: YamlPath, part: 'key' | 'value'): TextRange => {
    const last = path.at(-1);
    const isKey = part === 'key' && typeof last === 'string';
    const range = rangeOfNode(isKey ? find.key(path) : find.node(path));
    if (range && (range.end > range.start || isKey)) return firstLine(text, range);
    if (path.length === 0) return { start: 0, end: 0 };
    return rangeOf(part === 'value' && typeof last === 'string' ? path : path.slice(0, -1), 'key');
  };

  return {
    file,
    text,
    nodeAt: (path) => find.node(path),
    rangeOf: (path, part) => (path.length === 0 ? rangeOf([find.firstKey() ?? ''], 'key') : rangeOf(path, part)),
    diagnose: (path, range, { code, message, hint = '', severity = 'error' }) => {
      const { line, column } = positionOf(range.start);
      const end = positionOf(Math.max(range.end, range.start));
      const place = { line, column, endLine: end.line, endColumn: end.column };
      return { file, path: pathText(path), ...place, code, severity, message, hint };
    },
  };
}

interface Finder {
  node(path: YamlPath): Node | undefined;
  key(path: YamlPath): Node | undefined;
  firstKey(): string | undefined;
}

function createFinder(document: Document | undefined): Finder {
  const resolved = new Map<Node, Node | undefined>();
  // An alias is looked up in the whole document, so each only once.
  const behindAlias = (node: unknown): Node | undefined => {
    if (!isNode(node)) return undefined;
    if (!document || !isAlias(node)) return node;
    if (!resolved.has(node)) resolved.set(node, node.resolve(document));
    return resolved.get(node);
  };
  const indices = new Map<Node, ReadonlyMap<string, Pair>>();
  const pairIn = (parent: Node | undefined, key: string): Pair | undefined => {
    if (!isMap(parent)) return undefined;
    // Of a key that stands twice, the last one makes the value.
    const index = indices.get(parent) ?? new Map(parent.items.map((pair) => [keyText(pair.key), pair]));
    indices.set(parent, index);
    return index.get(key);
  };

  const node = (path: YamlPath): Node | undefined =>
    path.reduce<Node | undefined>(
      (parent, part) => behindAlias(isSeq(parent) ? parent.items[Number(part)] : pairIn(parent, String(part))?.value),
      behindAlias(document?.contents),
    );

  return {
    node,
    key: (path) => behindAlias(pairIn(node(path.slice(0, -1)), String(path.at(-1)))?.key),
    firstKey: () => (isMap(document?.contents) ? keyText(document.contents.items[0]?.key) : undefined),
  };
}

/** The text of a map's key, as it is in the value. */
export const keyText = (key: unknown): string => String((isScalar(key) ? key.value : key) ?? '');

function rangeOfNode(node: Node | undefined): TextRange | undefined {
  if (!node?.range) return undefined;
  const [start, end] = node.range;
  return { start, end: Math.max(end, start) };
}
