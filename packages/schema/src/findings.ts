import type { Diagnostic } from './diagnostic.ts';
import type { Finding, Source, TextRange, YamlPath } from './source.ts';

/** Collects what is wrong with one file. */
export interface Findings {
  /** At the key or the value of a path. */
  add(path: YamlPath, part: 'key' | 'value', finding: Finding): void;
  /** At an exact place. */
  addAt(path: YamlPath, range: TextRange, finding: Finding): void;
  /** In the order of the file, each place and code once. */
  list(): readonly Diagnostic[];
}

/** An empty collection for a file. */
export function createFindings(source: Source): Findings {
  const found = new Map<string, Diagnostic>();
  const addAt = (path: YamlPath, range: TextRange, finding: Finding): void => {
    const diagnostic = source.diagnose(path, range, finding);
    const id = `${diagnostic.line}:${diagnostic.column}:${diagnostic.code}:${diagnostic.message}`;
    if (!found.has(id)) found.set(id, diagnostic);
  };
  return {
    addAt,
    add: (path, part, finding) => addAt(path, source.rangeOf(path, part), finding),
    list: () => [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column),
  };
}
