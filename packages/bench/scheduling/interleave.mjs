import { endProgress, showProgress } from './progress.mjs';

/**
 * Runs every case once a round, every other round backwards, so that what else the machine does falls on all of them alike. The figures of each
 * case, by round.
 */
export async function interleave(what, rounds, cases, run) {
  const figures = cases.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? [...cases.keys()] : [...cases.keys()].toReversed();
    for (const index of order) {
      showProgress(`${what}: round ${round + 1} of ${rounds}, ${cases[index].title}`);
      figures[index].push(await run(cases[index]));
    }
  }
  endProgress();
  return figures;
}
