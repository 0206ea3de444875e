import { isMap } from 'yaml';
import type { Diagnostic } from './diagnostic.ts';
import { createSource, type Source } from './source.ts';

/** Larger than any workflow written by people; what is larger is a data file named by mistake. */
const maxBytes = 1024 * 1024;

/** A file's text as YAML, and its value; or why it cannot be a workflow at all. */
export type ParsedSource =
  | { readonly source: Source; readonly value: Readonly<Record<string, unknown>> }
  | { readonly diagnostics: readonly Diagnostic[] };

/** Reads the bytes of a workflow file as YAML. Never throws for a bad file. */
export function parseSource(file: string, bytes: Uint8Array): ParsedSource {
  const unreadable = whyUnreadable(bytes);
  if (unreadable) {
    const source = createSource(file, '');
    const finding = { code: 'FILE_UNREADABLE', hint: 'A workflow is a YAML text file.', message: unreadable } as const;
    return { diagnostics: [source.diagnose([], { start: 0, end: 0 }, finding)] };
  }
  const text = new TextDecoder().decode(bytes);
  return readValue(createSource(file, text));
}

function whyUnreadable(bytes: Uint8Array): string | undefined {
  if (bytes.length > maxBytes) return `The file has ${bytes.length} bytes; a workflow has at most ${maxBytes}.`;
  if (bytes.includes(0)) return 'The file is not text: it holds a zero byte.';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return undefined;
  } catch {
    return 'The file is not UTF-8 text.';
  }
}

function readValue(source: Source): ParsedSource {
  const { document } = source;
  if (document.errors.length > 0) {
    return {
      diagnostics: document.errors.map((error) =>
        source.diagnose([], { start: error.pos[0], end: error.pos[1] }, explainSyntax(error.code, error.message)),
      ),
    };
  }
  const whole = source.rangeOf([], 'value');
  if (document.contents === null || document.toJS() === null) {
    const finding = {
      code: 'FILE_EMPTY',
      message: 'The file is empty.',
      hint: 'A workflow has at least `steps:`.',
    } as const;
    return { diagnostics: [source.diagnose([], whole, finding)] };
  }
  if (!isMap(document.contents)) {
    const found = Array.isArray(document.toJS()) ? 'a list' : 'a single value';
    const start = { start: whole.start, end: Math.min(whole.end, whole.start + 1) };
    const finding = {
      code: 'TYPE_WRONG',
      message: `A workflow is a map of keys, and this is ${found}.`,
      hint: 'Begin with `name:` and `steps:`.',
    } as const;
    return { diagnostics: [source.diagnose([], start, finding)] };
  }
  try {
    return { source, value: document.toJS({ maxAliasCount: 100 }) as Record<string, unknown> };
  } catch (error) {
    return { diagnostics: [source.diagnose([], whole, { code: 'YAML_SYNTAX', message: (error as Error).message })] };
  }
}

function explainSyntax(code: string, message: string) {
  if (code === 'DUPLICATE_KEY') {
    return {
      code: 'KEY_DUPLICATE',
      message: 'This key stands twice in the same map.',
      hint: 'Remove or rename one.',
    } as const;
  }
  const hint =
    code === 'TAB_AS_INDENT'
      ? 'YAML is indented with spaces.'
      : 'A text with `: `, ` #` or `${…}` at its start needs quotes or a `|` block.';
  return { code: 'YAML_SYNTAX', message: `This is not YAML: ${message}`, hint } as const;
}
