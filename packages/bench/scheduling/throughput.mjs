/** The ends of calls on all servers, in order. */
export const endsOf = (seen) => seen.flatMap(({ ends }) => ends).sort((one, other) => one - other);

/** From the first request to the end of the last answer, in milliseconds. */
export const spanOf = (seen) => endsOf(seen).at(-1) - Math.min(...seen.map(({ firstAt }) => firstAt));

/** Calls a second behind the first `skip` ones. */
export function throughputOf(seen, skip) {
  const ends = endsOf(seen);
  return (1000 * (ends.length - skip)) / (ends.at(-1) - ends[skip - 1]);
}

/** The most calls in flight behind the first `skip` ones. */
export const settledPeak = ({ peaks }, skip) => Math.max(...peaks.slice(skip));

/** The most calls in flight in each tenth of the calls. */
export const peaksByTenth = ({ peaks }) =>
  Array.from({ length: 10 }, (_, tenth) => {
    const at = (part) => Math.floor((part * peaks.length) / 10);
    return Math.max(0, ...peaks.slice(at(tenth), at(tenth + 1)));
  });
