import { inferValue } from '../expressions/infer-value.ts';
import type { Scope } from '../expressions/scope.ts';
import { typeMisfit } from '../expressions/type-misfit.ts';
import type { Findings } from '../findings.ts';
import { isMap } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** Finds what stands in for the value of a failed step and has another type. */
export function checkFallbacks(steps: readonly TypedStep[], row: Scope, findings: Findings): void {
  const byId = new Map(steps.map((step) => [step.id, step]));
  for (const { id, type, value } of steps) {
    if (!isMap(value.on_error)) continue;
    const { use, run } = value.on_error;
    const given = use === undefined ? undefined : typeMisfit(inferValue(use, row), type);
    if (given !== undefined) {
      const hint = use === null ? 'Write `on_error: skip`.' : `It stands for what \`${id}\` gives.`;
      findings.add(['steps', id, 'on_error', 'use'], 'value', { code: 'TYPE_WRONG', message: given, hint });
    }
    const other = typeof run === 'string' ? byId.get(run) : undefined;
    if (!other || other.isReduce || other.id === id) continue;
    const misfit = typeMisfit(other.type, type, `What \`${run}\` gives`);
    if (misfit === undefined) continue;
    const hint = `It stands for what \`${id}\` gives.`;
    findings.add(['steps', id, 'on_error', 'run'], 'value', { code: 'STEP_UNFIT', message: misfit, hint });
  }
}
