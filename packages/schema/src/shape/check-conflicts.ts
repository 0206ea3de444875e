import type { Findings } from '../findings.ts';
import { isMap, type YamlMap } from '../yaml-map.ts';

/** Keys that exclude each other, with the reason; the second is where it is told. */
const conflicts: readonly (readonly [first: string, second: string, hint: string])[] = [
  ['over', 'for', 'An `over` has one item for each element of a `for` step: make two steps of it.'],
  ['returns', 'format', 'Remove `format`: `returns` asks for JSON by itself.'],
];

/** Keys that say nothing without another. */
const companions: Readonly<Record<string, string>> = { group_by: 'over', fold: 'over' };

/** Finds keys of a step that cannot stand together, or not alone. */
export function checkConflicts(id: string, step: YamlMap, findings: Findings): void {
  const has = (key: string): boolean => Object.hasOwn(step, key);
  for (const [first, second, hint] of conflicts) {
    if (has(first) && has(second))
      conflict(id, [second], `\`${second}\` cannot stand beside \`${first}\`.`, hint, findings);
  }
  for (const [key, companion] of Object.entries(companions)) {
    if (!has(key) || has(companion)) continue;
    const message = `\`${key}\` says something of \`${companion}\`, which is not here.`;
    findings.add(['steps', id, key], 'key', { code: 'KEY_MISSING', message, hint: `Write \`${companion}: STEP\`.` });
  }
  if (has('context') && isMap(step.options) && Object.hasOwn(step.options, 'num_ctx')) {
    const message = '`context` and `num_ctx` are the same window.';
    conflict(id, ['options', 'num_ctx'], message, 'Remove one of them; `context` can be `auto`.', findings);
  }
}

function conflict(id: string, path: readonly string[], message: string, hint: string, findings: Findings): void {
  findings.add(['steps', id, ...path], 'key', { code: 'KEYS_CONFLICT', message, hint });
}
