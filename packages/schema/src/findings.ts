import type { Diagnostic } from './diagnostic.ts';
import type { Finding, Source } from './source/source.ts';
import type { TextRange } from './source/text-lines.ts';
import type { YamlPath } from './source/yaml-path.ts';

/** Collects what is wrong with one file. */
export interface Findings {
  /** At the key or the value of a path. */
  add(path: YamlPath, part: 'key' | 'value', finding: Finding): void;
  /** At an exact place. */
  addAt(path: YamlPath, range: TextRange, finding: Finding): void;
  /** In the order of the file, each place and message once. */
  list(): readonly Diagnostic[];
}

/** A collection for a file, with what was found before. */
export function createFindings(source: Source, before: readonly Diagnostic[] = []): Findings {
  const found = new Map<string, Diagnostic>();
  const put = (diagnostic: Diagnostic): void => {
    const id = `${diagnostic.line}:${diagnostic.column}:${diagnostic.code}:${diagnostic.message}`;
    if (!found.has(id)) found.set(id, diagnostic);
  };
  before.forEach(put);
  const addAt: Findings['addAt'] = (path, range, finding) => put(source.diagnose(path, range, finding));
  return {
    addAt,
    add: (path, part, finding) => addAt(path, source.rangeOf(path, part), finding),
    list: () => [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}
