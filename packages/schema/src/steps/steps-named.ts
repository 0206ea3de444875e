import { isMap } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** The steps that the keys of a step name, without an expression. */
export function stepsNamed({ id, value }: TypedStep): readonly string[] {
  const run = isMap(value.on_error) ? value.on_error.run : undefined;
  const named = [value.over, run].filter((name) => name !== id); // which is told by itself
  return [...named, value.continue].filter((name): name is string => typeof name === 'string');
}

/** By step, the steps that it stands in for; it may read why they failed. */
export type StandIns = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds the steps that stand in for others. */
export function stepsStoodInFor(steps: readonly TypedStep[]): StandIns {
  const found = new Map<string, Set<string>>();
  for (const { id, value } of steps) {
    const run = isMap(value.on_error) ? value.on_error.run : undefined;
    if (typeof run === 'string') found.set(run, (found.get(run) ?? new Set()).add(id));
  }
  return found;
}
