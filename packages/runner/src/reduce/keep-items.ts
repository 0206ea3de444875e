import { MillraceError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import type { RowPlan } from '../run-row.ts';
import type { GroupName, ItemStore } from './item-store.ts';

/**
 * Puts the ok values of a row into the groups of every reduce over them. A row that fails gives nothing, not even the values of its steps
 * that were well: it is not saved either.
 *
 * @throws {MillraceError} `EXPRESSION_FAILED` for a `group_by` that names no group; the row fails then.
 */
export function keepItems(steps: readonly PlannedStep[], store: ItemStore): NonNullable<RowPlan['keep']> {
  const reduces = steps.flatMap(({ id, over }) => (over ? [{ id, over }] : []));
  return (index, names, items) => {
    const found = reduces.flatMap(({ id, over }) => {
      const values = items.get(over.step) ?? [];
      return values.length === 0
        ? []
        : [{ id, values, group: over.groupBy ? groupName(over.groupBy.render(names)) : null }];
    });
    for (const { id, values, group } of found) store.add(id, index, group, values);
  };
}

function groupName(value: unknown): GroupName {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as GroupName;
  const message = `\`group_by\` gave ${JSON.stringify(value)}, which names no group.`;
  throw new MillraceError('EXPRESSION_FAILED', message, {
    hint: 'A group is named by a text, a number, true, false or null.',
  });
}
