import type { Findings } from './findings.ts';
import type { YamlPath } from './source/yaml-path.ts';
import { mapIn, type YamlMap } from './yaml-map.ts';

/** Refuses expressions at places that are read before there is a row or an input. */
export function checkLiterals(value: YamlMap, findings: Findings): void {
  const hosts = Array.isArray(value.hosts) ? value.hosts : [];
  const places: readonly (readonly [YamlPath, unknown])[] = [
    [['name'], value.name],
    [['model'], value.model],
    [['each', 'from'], mapIn(value.each)?.from],
    [['save', 'errors'], mapIn(value.save)?.errors],
    ...Object.entries(mapIn(mapIn(value.save)?.over) ?? {}).map(([id, to]) => [['save', 'over', id], to] as const),
    ...hosts.map((host, index) => [['hosts', index], host] as const),
  ];
  for (const [path, text] of places) {
    if (typeof text !== 'string' || !text.includes('${')) continue;
    findings.add(path, 'value', {
      code: 'VALUE_INVALID',
      message: 'An expression cannot stand here: this is read before the first row.',
      hint:
        path[0] === 'model'
          ? 'Write the model itself; the `model:` of a step may be an expression.'
          : 'Write the value itself.',
    });
  }
}
