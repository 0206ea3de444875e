/** The items of one call of a reduce, or of one fold. */
export interface Group {
  /** What `group_by` gave; null without it. */
  readonly group: GroupName;
  readonly items: readonly unknown[];
}

/** What groups are told apart by. */
export type GroupName = string | number | boolean | null;

/** Keeps what rows are worth to a reduce until all of them are final. */
export interface ItemStore {
  /** @param index The place of the row in the input. */
  add(reduce: string, index: number, group: GroupName, items: readonly unknown[]): void;
  /** In the order in which the input first has them; the items too are in the order of the input, whatever order their rows ended in. */
  groups(reduce: string): Iterable<Group>;
}

/** Keeps the items in memory. */
export function createMemoryStore(): ItemStore {
  const kept = new Map<string, { index: number; group: GroupName; items: readonly unknown[] }[]>();
  return {
    add: (reduce, index, group, items) => {
      const own = kept.get(reduce) ?? [];
      own.push({ index, group, items });
      kept.set(reduce, own);
    },
    groups: (reduce) => {
      const groups = new Map<GroupName, unknown[]>();
      for (const { group, items } of (kept.get(reduce) ?? []).sort((a, b) => a.index - b.index)) {
        const known = groups.get(group) ?? [];
        for (const item of items) known.push(item);
        groups.set(group, known);
      }
      return [...groups].map(([group, items]) => ({ group, items }));
    },
  };
}
