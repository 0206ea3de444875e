/** The due times of `every`, counted from an origin in both directions: `from` inclusive, `to` exclusive. */
export function* everyTimes(everyMs: number, origin: number, from: number, to: number): Iterable<number> {
  const first = Math.ceil((from - origin) / everyMs);
  for (let count = first; origin + count * everyMs < to; count++) yield origin + count * everyMs;
}
