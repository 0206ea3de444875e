import type { Interval } from './run-plan.ts';

/** None. */
export const nothing: Interval = { least: 0, most: 0 };

/** Both together. */
export const plus = (one: Interval, other: Interval): Interval => ({
  least: one.least + other.least,
  most: one.most === null || other.most === null ? null : one.most + other.most,
});

/** As it is, or not at all. */
export const orNothing = ({ most }: Interval): Interval => ({ least: 0, most });
