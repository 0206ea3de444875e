import type { PlannedStep } from '@millrace/schema';
import type { Names } from '../step-runner.ts';

/** All texts in a rendered body: the prompt, or those of the messages. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => textsIn(part));
}

/** The texts that a step asks with; undefined where that is not known yet, since it reads another step. */
export function textsOfStep({ body, system }: PlannedStep, names: Names): readonly string[] | undefined {
  try {
    return [...textsIn(body.render(names)), ...textsIn(system?.render(names))];
  } catch {
    return undefined;
  }
}
