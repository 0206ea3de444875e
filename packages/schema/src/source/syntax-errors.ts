import { type Document, isScalar, visit, type YAMLError } from 'yaml';
import type { Diagnostic } from '../diagnostic.ts';
import { aliasUnknown, explainYaml, isUnclosedQuote } from './explain-yaml.ts';
import type { Source } from './source.ts';
import { firstLine, type TextRange } from './text-lines.ts';

/** More than anybody reads; to tell the place of each takes time. */
const maxErrors = 200;

/**
 * What is not YAML in a document, in the order of the file.
 *
 * One wrong character makes the parser stumble over all that follows: of the errors in a line only the first is kept, and none of
 * those it has when it no longer knows where it is.
 */
export function syntaxErrors(source: Source, document: Document): readonly Diagnostic[] {
  const found = new Map(unknownAliases(source, document).map((diagnostic) => [diagnostic.line, diagnostic]));
  const startOf = startsByEnd(document);
  for (const error of document.errors.slice(0, maxErrors)) {
    if (found.size > 0 && error.message.includes('in YAML stream')) continue;
    const range = firstLine(source.text, placeOf(error, startOf));
    const diagnostic = source.diagnose([], range, explainYaml(error, lineAt(source.text, range.start)));
    if (!found.has(diagnostic.line)) found.set(diagnostic.line, diagnostic);
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

/** The aliases that stand for nothing. */
function unknownAliases(source: Source, document: Document): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (!source.text.includes('*')) return found; // as a rule: no need to walk through it all
  const anchors = new Set<string>();
  visit(document, {
    Value: (_, { anchor }) => {
      if (anchor) anchors.add(anchor);
    },
    Alias: (_, alias) => {
      const [start = 0, end = 0] = alias.range ?? [];
      if (!anchors.has(alias.source)) found.push(source.diagnose([], { start, end }, aliasUnknown));
    },
  });
  return found;
}

/** What the parser warns of: values that it could not take as they are written. */
export const yamlWarnings = (source: Source, { warnings }: Document): readonly Diagnostic[] =>
  warnings.map((warning) => source.diagnose([], rangeOf(warning), explainYaml(warning, '')));

function placeOf(error: YAMLError, startOf: (end: number) => number): TextRange {
  if (!isUnclosedQuote(error)) return rangeOf(error);
  const start = startOf(error.pos[0]);
  return { start, end: start + 1 };
}

/** Where the text begins that ends at a place; the place itself where there is none. */
function startsByEnd(document: Document): (end: number) => number {
  let starts: Map<number, number> | undefined;
  return (end) => {
    if (!starts) {
      const found = new Map<number, number>();
      visit(document, {
        Scalar: (_, node) => {
          if (isScalar(node) && node.range) found.set(node.range[1], node.range[0]);
        },
      });
      starts = found;
    }
    return starts.get(end) ?? end;
  };
}

const rangeOf = ({ pos: [start, end] }: YAMLError): TextRange => ({ start, end });

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end);
}
