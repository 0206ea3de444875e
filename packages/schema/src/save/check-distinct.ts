import type { Findings } from '../findings.ts';
import { mapIn, textIn, type YamlMap } from '../yaml-map.ts';
import { fileBeside } from './file-beside.ts';
import type { SaveTarget } from './save-targets.ts';

/** Finds two outputs of one file, and an output that would replace the rows. */
export function checkDistinct(
  targets: readonly SaveTarget[],
  value: YamlMap,
  reduces: readonly string[],
  findings: Findings,
): void {
  const used = new Map<string, string>();
  const from = textIn(mapIn(value.each)?.from);
  if (from !== undefined && from !== '-') used.set(plainPath(from), 'the rows are read from');
  for (const [file, use] of defaultFiles(value, reduces)) used.set(plainPath(file), use);
  for (const { path, to } of targets) {
    if (to === '-') continue; // many may share it
    const use = used.get(plainPath(to));
    used.set(plainPath(to), `\`${path.join('.')}\` names`);
    if (use === undefined) continue;
    const message = `This is the file that ${use}.`;
    findings.add(path, 'value', { code: 'VALUE_INVALID', message, hint: 'Choose another name.' });
  }
}

/** The files of reduces that `save.over` does not name. */
function defaultFiles(value: YamlMap, reduces: readonly string[]): readonly (readonly [file: string, use: string])[] {
  const { to, over } = mapIn(value.save) ?? {};
  const named = mapIn(over) ?? {};
  if (typeof to !== 'string') return [];
  return reduces.flatMap((id) => {
    const file = Object.hasOwn(named, id) ? undefined : fileBeside(to, id);
    return file === undefined ? [] : [[file, `the results of \`${id}\` go to, where nothing else is said`] as const];
  });
}

/** Without `.` and `..`, as far as that can be told from the name alone. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.join('/');
}
