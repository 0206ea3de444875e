import type { Findings } from './findings.ts';
import type { ShapedStep } from './shape/check-step.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import { nearest } from './suggest.ts';
import type { YamlMap } from './yaml-map.ts';

/** Finds steps without a model, where there is none for the whole workflow either, nor a key that was meant as one. */
export function checkModels(
  value: YamlMap,
  given: string | undefined,
  steps: readonly ShapedStep[],
  schemas: ReadonlyMap<string, StepKindSchema>,
  findings: Findings,
): void {
  const isMeant = Object.keys(value).some((key) => key === 'model' || nearest(key, ['model']) !== undefined);
  if (given !== undefined || isMeant) return;
  for (const { id, kinds, value: step } of steps) {
    const asks = kinds.some((kind) => schemas.get(kind)?.asksModel !== false);
    if (step.model !== undefined || !asks) continue;
    const message = `The step \`${id}\` has no model.`;
    const hint = 'Write `model:` at the top of the file, or in the step.';
    findings.add(['steps', id], 'key', { code: 'MODEL_MISSING', message, hint });
  }
}
