import type { Findings } from './findings.ts';
import type { YamlMap } from './yaml-map.ts';

/** Refuses a field of `save` that would stand twice in a line. */
export function checkFields(fields: YamlMap, findings: Findings): void {
  if (!Object.hasOwn(fields, 'key')) return;
  findings.add(['save', 'fields', 'key'], 'key', {
    code: 'VALUE_INVALID',
    message: 'Every line begins with `key` by itself.',
    hint: 'Remove it, or give it another name.',
  });
}
