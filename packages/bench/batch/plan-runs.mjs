import { paces, regimes } from './regimes.mjs';

/**
 * All runs that the regimes need, in order, those that two of them need once: `{ pace, count, round, subject }`. Every other round goes
 * backwards, so that what else the machine does falls on all subjects alike.
 */
export function planRuns(wanted, { rounds, rows, subjects }) {
  return Object.keys(paces).flatMap((pace) => {
    const chosen = wanted.map((name) => regimes[name]).filter((regime) => regime.pace === pace);
    const counts = [...new Set(chosen.flatMap((regime) => regime.counts(rows)))].sort((a, b) => a - b);
    const longest = Math.max(0, ...chosen.map((regime) => regime.rounds(rounds)));
    return Array.from({ length: longest }, (_, round) => round).flatMap((round) => {
      const order = round % 2 === 0 ? subjects : subjects.toReversed();
      const isPartOf = (count, subject) =>
        chosen.some(
          (regime) =>
            regime.counts(rows).includes(count) && round < regime.rounds(rounds) && (!regime.isOurs || subject.isOurs),
        );
      return counts.flatMap((count) =>
        order.filter((subject) => isPartOf(count, subject)).map((subject) => ({ pace, count, round, subject })),
      );
    });
  });
}
