import type { ExpectedTime, Interval, PlannedLoads, ProbedTime } from './run-plan.ts';

/** What the time is made of. */
export interface TimeQuestion {
  readonly probe: ProbedTime;
  /** Rows that are left. */
  readonly rows: number;
  readonly calls: Interval;
  readonly loads: PlannedLoads;
  readonly rate: { readonly calls: number; readonly perMs: number } | undefined;
  /** Steps whose calls no row makes. */
  readonly without: readonly string[];
}

/** Student's t for nine of ten, by the rows less one; from there on next to that of many. */
const quantiles = [6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81];
const quantileOfMany = 1.72;

/**
 * How long the rows that are left take: in nine of ten runs between the two, as far as the rows that were probed are like the others.
 *
 * What a host works for a row is as long as the probe says, give or take its spread; as many calls are worked on at once as were in the
 * probe, at best all the time as many as there were at most.
 */
export function expectTime({ probe, rows, calls, loads, rate, without }: TimeQuestion): ExpectedTime {
  const { rowMs, spreadMs, parallel } = probe;
  const count = probe.rows;
  const isAlone = count < 2;
  const quantile = quantiles[count - 2] ?? quantileOfMany;
  // Of the sum of the rows that are left, seen from those that were probed.
  const deviation = isAlone || rows === 0 ? 0 : quantile * spreadMs * Math.sqrt(rows + rows ** 2 / count);
  const work = rows * rowMs;
  const [least, most] = isAlone ? [work / 2, work * 2] : [Math.max(work / 4, work - deviation), work + deviation];
  const known = Object.values(probe.loadMs);
  const loadMs = known.length === 0 ? 0 : known.reduce((sum, ms) => sum + ms, 0) / known.length;
  const isAsked = rows > 0;
  const byRate = (number: number): number => (rate ? (number * rate.perMs) / rate.calls : 0);
  const fastest = least / parallel.most + (isAsked ? loads.each.least * loadMs : 0);
  const slowest = most / parallel.mean + (isAsked ? (loads.each.most ?? 0) * loadMs : 0);
  return {
    isKnown: true,
    least: Math.round(Math.max(fastest, byRate(calls.least))),
    most: Math.round(Math.max(slowest, byRate(calls.most ?? calls.least))),
    probe,
    without,
  };
}
