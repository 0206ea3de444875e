import { MillraceError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import type { RowPlan } from '../run-row.ts';
import type { GroupName } from './group-name.ts';

/**
 * Finds what the ok values of a row are worth to every reduce over them. A row that fails is worth nothing, not even by the values of its
 * steps that were well: it is not saved either.
 *
 * @throws {MillraceError} `EXPRESSION_FAILED` for a `group_by` that names no group; the row fails then.
 */
export function itemsFor(steps: readonly PlannedStep[]): RowPlan['itemsOf'] {
  const reduces = steps.flatMap(({ id, over }) => (over ? [{ id, over }] : []));
  return (names, byStep) =>
    reduces.flatMap(({ id, over }) => {
      const values = byStep.get(over.step) ?? [];
      if (values.length === 0) return [];
      return [{ reduce: id, values, group: over.groupBy ? groupName(over.groupBy.render(names)) : null }];
    });
}

function groupName(value: unknown): GroupName {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as GroupName;
  const message = `\`group_by\` gave ${JSON.stringify(value)}, which names no group.`;
  throw new MillraceError('EXPRESSION_FAILED', message, {
    hint: 'A group is named by a text, a number, true, false or null.',
  });
}
