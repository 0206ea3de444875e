import type { StepEnd } from './events.ts';

/** The labels of one step, as the journal keeps them for the summary of a later time. */
type StoredLabel = readonly [step: string, value: unknown, expected?: unknown];

/** @param labels Steps, or `step.field`, as `run-start` names them. @returns JSON; null where the row has none. */
export function labelsJson(labels: readonly string[], steps: readonly StepEnd[]): string | null {
  if (labels.length === 0) return null;
  const stored = steps.flatMap(({ step, status, value, expected }): StoredLabel[] => {
    if (status !== 'ok') return [];
    const own = labels.filter((label) => label === step || label.startsWith(`${step}.`));
    if (own.length === 0) return [];
    const fields = own.includes(step) ? undefined : own.map((label) => label.slice(step.length + 1));
    const values = [step, pick(value, fields)] as const;
    return [expected === undefined ? values : [...values, pick(expected, fields)]];
  });
  return stored.length === 0 ? null : JSON.stringify(stored);
}

/** The step events that a row had, as far as a summary needs them. */
export function labelEvents(json: string | null, key: string, index: number): readonly StepEnd[] {
  if (json === null) return [];
  return (JSON.parse(json) as StoredLabel[]).map(([step, value, ...expected]) => ({
    type: 'step-end',
    key,
    index,
    step,
    status: 'ok',
    value,
    ...(expected.length > 0 && { expected: expected[0] }),
    reused: true,
  }));
}

function pick(value: unknown, fields: readonly string[] | undefined): unknown {
  if (fields === undefined || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(fields.map((field) => [field, (value as Readonly<Record<string, unknown>>)[field]]));
}
