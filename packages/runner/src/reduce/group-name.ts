/** What the groups of a reduce are told apart by. */
export type GroupName = string | number | boolean | null;
