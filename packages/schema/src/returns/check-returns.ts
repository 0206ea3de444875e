import type { Findings } from '../findings.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { ShapedStep } from '../shape/check-step.ts';
import { expandReturns } from './expand-returns.ts';

/** The JSON Schema that a step's answer must fit: undefined where it is text, `'unknown'` where `returns` is wrong. */
export type StepReturns = JsonSchema | 'unknown' | undefined;

/** Checks the `returns` of a step. */
export function checkReturns({ id, value: { returns } }: ShapedStep, findings: Findings): StepReturns {
  if (returns === undefined) return undefined;
  if (typeof returns !== 'string' && (typeof returns !== 'object' || returns === null)) return 'unknown'; // its type was told before
  if (Array.isArray(returns)) return 'unknown';
  const expanded = expandReturns(returns);
  if ('schema' in expanded) return expanded.schema;
  for (const { path, part, message, hint } of expanded.problems) {
    findings.add(['steps', id, 'returns', ...path], part, { code: 'RETURNS_INVALID', message, hint });
  }
  return 'unknown';
}
