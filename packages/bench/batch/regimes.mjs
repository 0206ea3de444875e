/** What every subject asks, and the calls it has in flight: as many as the server has slots. */
export const model = 'bench';
export const slots = 16;

/** How the server answers: at its leisure, so that the time is mostly its own, or at once. */
export const paces = {
  slow: { tokens: 16, tokenMs: 1 },
  fast: { tokens: 1, tokenMs: 0 },
};

const memoryCounts = [1000, 10_000, 100_000];

/** What is measured: runs over so many rows at a pace, in so many of the rounds. `isOurs`: of Millrace and the floor only. */
export const regimes = {
  span: { pace: 'slow', counts: (rows) => [rows], rounds: (rounds) => rounds },
  cpu: { pace: 'slow', counts: (rows) => [rows, 5 * rows], rounds: (rounds) => rounds },
  memory: { pace: 'fast', counts: () => memoryCounts, rounds: (rounds) => Math.ceil(rounds / 3), isOurs: true },
  million: { pace: 'fast', counts: () => [...memoryCounts, 1_000_000], rounds: () => 1, isOurs: true },
};
