import type { RunEvent } from '@millrace/runner';
import type { Attributes, Context } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { openRow, type RowTrace } from './row-trace.ts';
import type { StartSpan } from './spans.ts';

/** An event that says which row it belongs to, or which group of a reduce. */
export type PlacedEvent = Extract<RunEvent, { readonly key: string }>;

/** The rows and groups in work. */
export interface OpenRows {
  /** That of an event, which begins with it where it has not yet. */
  of(event: PlacedEvent): RowTrace;
  /** Only where it has begun. */
  find(event: PlacedEvent): RowTrace | undefined;
  /** The same, and it is in work no more. */
  take(event: PlacedEvent): RowTrace | undefined;
  /** Ends all that are left. */
  cancel(): void;
}

/** @param parent Of the run. @param reduces The steps whose events are of groups. */
export function createOpenRows(start: StartSpan, parent: Context, reduces: ReadonlySet<string>): OpenRows {
  /** Rows by their number, groups by their step too: those of several reduces are in work at once. */
  const rows = new Map<number | string, RowTrace>();
  const isOfGroup = (event: PlacedEvent): event is Exclude<PlacedEvent, { readonly type: 'row-end' }> =>
    event.type !== 'row-end' && reduces.has(event.step);
  const idOf = (event: PlacedEvent): number | string =>
    isOfGroup(event) ? `${event.step} ${event.index}` : event.index;
  const begin = (event: PlacedEvent): RowTrace =>
    isOfGroup(event)
      ? openRow(start, parent, 'group', groupAttributes(event, event.step))
      : openRow(start, parent, 'row', { [names.rowKey]: nameIn(event), [names.rowIndex]: event.index });
  return {
    of: (event) => {
      const id = idOf(event);
      const row = rows.get(id) ?? begin(event);
      rows.set(id, row);
      return row;
    },
    find: (event) => rows.get(idOf(event)),
    take: (event) => {
      const id = idOf(event);
      const row = rows.get(id);
      rows.delete(id);
      return row;
    },
    cancel: () => {
      for (const [id, row] of rows) {
        rows.delete(id);
        const status = typeof id === 'string' ? names.groupStatus : names.rowStatus;
        row.end({ attributes: { [status]: 'cancelled' }, others: 'cancelled' });
      }
    },
  };
}

const groupAttributes = (event: PlacedEvent, step: string): Attributes => ({
  [names.groupKey]: nameIn(event),
  [names.groupIndex]: event.index,
  [names.step]: step,
});

/** A longer key is no name any more. */
const maxKey = 256;

const nameIn = ({ key }: PlacedEvent): string => (key.length > maxKey ? `${key.slice(0, maxKey)}…` : key);
