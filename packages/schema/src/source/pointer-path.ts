import type { YamlPath } from './yaml-path.ts';

/** The path that a JSON pointer into a value names: an index where it leads into a list. */
export function pointerPath(pointer: string, value: unknown): YamlPath {
  let current: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const index = Array.isArray(current) ? Number(part) : part;
      current = (current as Record<string, unknown> | undefined)?.[part];
      return index;
    });
}
