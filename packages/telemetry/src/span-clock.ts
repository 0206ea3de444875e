/** So far apart the two clocks are when somebody has set one, or the machine has slept. */
const mostApartMs = 1000;

/**
 * Milliseconds since 1970, finer than one of them: a span that is inside another one has its times inside it too, which the clocks of SDKs, a new
 * one for each span, do not give.
 */
export function spanClock(): () => number {
  let origin = performance.timeOrigin;
  return () => {
    const steady = performance.now();
    const today = Date.now();
    if (Math.abs(origin + steady - today) > mostApartMs) origin = today - steady;
    return origin + steady;
  };
}
