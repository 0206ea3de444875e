import { type Document, isMap, isScalar, isSeq } from 'yaml';
import type { Diagnostic } from '../diagnostic.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { parseYaml } from './parse-yaml.ts';
import { readText } from './read-text.ts';
import { createSource, type Finding, type Source } from './source.ts';
import { syntaxErrors, yamlWarnings } from './syntax-errors.ts';
import { firstLine, type TextRange } from './text-lines.ts';
import { tooLarge } from './value-size.ts';

/** A file's text as a map, with what is odd about its YAML; or why it cannot be a workflow at all. */
export type ParsedSource =
  | { readonly source: Source; readonly value: YamlValue; readonly diagnostics: readonly Diagnostic[] }
  | { readonly diagnostics: readonly Diagnostic[] };

type YamlValue = Readonly<Record<string, unknown>>;

/** Reads the bytes of a workflow file as YAML. Never throws for a bad file. */
export function parseSource(file: string, bytes: Uint8Array): ParsedSource {
  const read = readText(bytes);
  if (!('text' in read)) {
    const { upTo, message, hint } = read;
    return alone(createSource(file, upTo), { start: upTo.length, end: upTo.length }, 'FILE_UNREADABLE', message, hint);
  }
  const { text } = read;
  const parsed = parseYaml(text);
  if (!('document' in parsed)) {
    const { at, tooMuch } = parsed;
    return alone(createSource(file, text), { start: at, end: at + 1 }, 'YAML_SYNTAX', tooMuch);
  }
  const { document, next } = parsed;
  const source = createSource(file, text, document);
  const errors = syntaxErrors(source, document);
  if (errors.length > 0) return { diagnostics: errors };
  if (next) {
    const message = 'A second document begins here, and a file holds one workflow.';
    return alone(
      source,
      firstLine(text, next),
      'YAML_SYNTAX',
      message,
      'Remove the `---` or `...`, or make two files of it.',
    );
  }
  return readDocument(source, document);
}

function readDocument(source: Source, document: Document): ParsedSource {
  const { contents } = document;
  const first = source.rangeOf([], 'value');
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    const message = 'The file holds no workflow: it is empty, or all of it is comments.';
    return alone(source, first, 'FILE_EMPTY', message, 'A workflow has at least `model:` and `steps:`.');
  }
  if (!isMap(contents)) {
    const message = `A workflow is a map of keys, and this is ${isSeq(contents) ? 'a list' : 'a single value'}.`;
    return alone(source, first, 'TYPE_WRONG', message, 'Begin with `model:` and `steps:`.');
  }
  const read = toValue(document);
  if (!('value' in read)) return alone(source, first, 'YAML_SYNTAX', read.problem);
  const diagnostics = [
    ...duplicateKeys(document).map(({ path, range }) => source.diagnose(path, range, duplicateKey)),
    ...yamlWarnings(source, document),
  ];
  return { source, value: read.value, diagnostics };
}

const duplicateKey: Finding = {
  code: 'KEY_DUPLICATE',
  message: 'This key stands in the same map before.',
  hint: 'Remove or rename one of them.',
};

function alone(source: Source, range: TextRange, code: Finding['code'], message: string, hint = ''): ParsedSource {
  return { diagnostics: [source.diagnose([], range, { code, message, hint })] };
}

function toValue(document: Document): { readonly value: YamlValue } | { readonly problem: string } {
  try {
    const value = document.toJS({ maxAliasCount: 100 }) as YamlValue;
    const problem = tooLarge(value);
    return problem ? { problem } : { value };
  } catch (error) {
    const { message } = error as Error;
    return { problem: message.startsWith('Excessive') ? 'The aliases of the file multiply each other.' : message };
  }
}
