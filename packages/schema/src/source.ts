import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';

/** A place in the YAML: the keys and indices that lead there. */
export type YamlPath = readonly (string | number)[];

/** From and to, as offsets into the text; the end is exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** What a finding needs beside its place. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
  readonly severity?: 'error' | 'warning';
}

/** The text of a workflow file, parsed, with the way back from values to places. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  /** The node at a path; undefined where there is none. */
  nodeAt(path: YamlPath): Node | undefined;
  /** The place of the value at a path, or of its key; the nearest parent's where it does not exist. */
  rangeOf(path: YamlPath, part: 'key' | 'value'): TextRange;
  diagnose(path: YamlPath, range: TextRange, finding: Finding): Diagnostic;
}

/** Parses the text; syntax errors are left in `document.errors`. */
export function createSource(file: string, text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const nodeAt = (path: YamlPath): Node | undefined => findNode(document, path);

  const rangeOf = (path: YamlPath, part: 'key' | 'value'): TextRange => {
    const range = part === 'key' ? keyRange(nodeAt(path.slice(0, -1)), path.at(-1)) : valueRange(nodeAt(path));
    if (range) return range;
    return path.length === 0 ? { start: 0, end: 0 } : rangeOf(part === 'key' ? path.slice(0, -1) : path, 'key');
  };

  return {
    file,
    text,
    document,
    nodeAt,
    rangeOf,
    diagnose: (path, range, { code, message, hint = '', severity = 'error' }) => {
      const { line, col } = lines.linePos(range.start);
      const end = lines.linePos(Math.max(range.end, range.start));
      return {
        file,
        path: pathText(path),
        line,
        column: col,
        endLine: end.line,
        endColumn: end.col,
        code,
        severity,
        message,
        hint,
      };
    },
  };
}

/** `steps.reply.chat[0].user`; a key that is no plain word stands in quotes. */
export function pathText(path: YamlPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function findNode(document: Document, path: YamlPath): Node | undefined {
  let node: unknown = document.contents;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) node = node.items.find(({ key }) => keyText(key) === String(part))?.value;
    else if (isSeq(node)) node = node.items[Number(part)];
    else return undefined;
  }
  return isNode(node) ? node : undefined;
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key);

function keyRange(parent: Node | undefined, key: string | number | undefined): TextRange | undefined {
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && keyText(item.key) === String(key));
  return isNode(pair?.key) ? valueRange(pair.key) : undefined;
}

/** Without trailing line breaks, so that a caret never points into the next line. */
function valueRange(node: Node | undefined): TextRange | undefined {
  if (!node?.range) return undefined;
  const [start, end] = node.range;
  return { start, end: Math.max(end, start) };
}
