import type { PlannedStep, Workflow } from '@millrace/schema';

/** Steps, or `step.field`, whose values are labels: compared by `expect`, or one of a few words in `returns`. */
export const labelsOf = ({ steps }: Workflow): readonly string[] => [...new Set(steps.flatMap(ofStep))];

function ofStep({ id, expect, returns, expectsFields }: PlannedStep): string[] {
  const fields = returns && typeof returns.properties === 'object' ? Object.entries(returns.properties ?? {}) : [];
  const words = fields.filter(([, field]) => isChoice(field)).map(([name]) => `${id}.${name}`);
  const compared = expect ? (expectsFields?.map((name) => `${id}.${name}`) ?? [id]) : [];
  return [...compared, ...(isChoice(returns) ? [id] : []), ...words];
}

const isChoice = (schema: unknown): boolean => typeof schema === 'object' && schema !== null && 'enum' in schema;
