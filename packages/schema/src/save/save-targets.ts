import type { YamlPath } from '../source/yaml-path.ts';
import { mapIn, type YamlMap } from '../yaml-map.ts';

/** A file that results go to, as `save` names it. */
export interface SaveTarget {
  readonly path: YamlPath;
  readonly to: string;
  readonly of: 'rows' | 'groups' | 'errors';
}

/** Every file that `save` names. */
export function saveTargets(value: YamlMap): readonly SaveTarget[] {
  const { to, errors, over } = mapIn(value.save) ?? {};
  const all: readonly { readonly path: YamlPath; readonly to: unknown; readonly of: SaveTarget['of'] }[] = [
    { path: ['save', 'to'], to, of: 'rows' },
    ...Object.entries(mapIn(over) ?? {}).map(([id, file]) => ({
      path: ['save', 'over', id],
      to: file,
      of: 'groups' as const,
    })),
    { path: ['save', 'errors'], to: errors, of: 'errors' },
  ];
  return all.filter((target): target is SaveTarget => typeof target.to === 'string' && target.to !== '');
}
