import { spread } from '../statistics.mjs';
import { table, withSpread } from '../table.mjs';
import { tenths, wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { shortRows, writeInput } from './rows.mjs';
import { runOnFakes } from './run-on-fakes.mjs';
import { peaksByTenth, settledPeak, throughputOf } from './throughput.mjs';

const models = ['bench-a'];

/**
 * Hosts, and fixed numbers of calls in flight of which one is the best. Answers differ in length, and take longer where more go at once: the
 * client shall not be the limit.
 */
const hosts = [
  { slots: 1, tokens: { from: 4, to: 12 }, tokenMs: 1, fixed: [1, 2, 4] },
  { slots: 4, tokens: { from: 8, to: 24 }, tokenMs: 1, fixed: [2, 4, 6, 8, 16] },
  { slots: 16, tokens: { from: 8, to: 24 }, tokenMs: 4, fixed: [8, 16, 18, 24, 32] },
];

const defaultRows = 2000;

/** By when a run should have found out: so many rows of two thousand. */
const settledAfter = (rows) => Math.ceil(rows / 20);

/** Whether `parallel: auto` finds how much a host does at once. */
export const parallel = {
  title: 'how many calls a host does at once',
  async measure({ subjects, rounds, rows = defaultRows, below }) {
    const ours = subjects.filter(({ isOurs, isControl }) => isOurs && !isControl);
    const cases = ours.flatMap((subject) => hosts.flatMap((host) => casesOf(host, subject)));
    const inputs = new Map(
      hosts.map((host) => [host, writeInput(below, `parallel-${host.slots}`, shortRows(rows), models, host.tokens)]),
    );
    const figures = await interleave('parallel', rounds, cases, ({ subject, host, setting }) => {
      const { slots, tokens, tokenMs } = host;
      const servers = [{ models, slots, tokens, tokenMs, loadMs: 200 }];
      return runOnFakes(subject, { servers, input: inputs.get(host), models, parallel: setting, below });
    });
    const skip = settledAfter(rows);
    return ours.flatMap((subject) =>
      hosts.map((host) => {
        const of = (wanted) =>
          cases.flatMap((one, index) =>
            one.subject === subject && one.host === host && wanted(one) ? [figures[index].map(({ seen }) => seen)] : [],
          );
        const [auto] = of(({ setting }) => setting === 'auto');
        const [again] = of(({ isAgain }) => isAgain);
        const fixed = of(({ setting, isAgain }) => setting !== 'auto' && !isAgain);
        const best = auto.map((_, round) => Math.max(...fixed.map((seen) => throughputOf(seen[round], skip))));
        const toBest = (runs) => spread(runs.map((seen, round) => throughputOf(seen, skip) / best[round]));
        return {
          subject: subject.name,
          slots: host.slots,
          rows,
          toBest: toBest(auto),
          controlToBest: toBest(again),
          fixed: Object.fromEntries(host.fixed.map((setting, index) => [setting, toBest(fixed[index])])),
          callsPerSecond: spread(auto.map((seen) => throughputOf(seen, skip))),
          inFlight: spread(auto.map(([seen]) => settledPeak(seen, skip))),
          inFlightByTenth: peaksByTenth(auto.at(-1)[0]),
          busy: spread(auto.map(([{ busy }]) => busy)),
        };
      }),
    );
  },
  table: (report) =>
    table(
      [
        'slots',
        'calls/s of `auto` ÷ best fixed',
        'control',
        'fixed settings ÷ best',
        'calls/s',
        'in flight, settled',
        'by tenth',
        '503',
      ],
      report.map((one) => [
        one.subject === 'millrace' ? String(one.slots) : `${one.slots} (${one.subject})`,
        withSpread(one.toBest),
        withSpread(one.controlToBest),
        Object.entries(one.fixed)
          .map(([setting, { median }]) => `${setting}: ${median.toFixed(2)}`)
          .join(', '),
        tenths(one.callsPerSecond),
        wholes(one.inFlight),
        one.inFlightByTenth.join(' '),
        wholes(one.busy),
      ]),
    ),
};

/** The control is a second run of a setting that keeps every slot busy. */
function casesOf(host, subject) {
  const one = (setting, more) => ({ host, subject, setting, ...more, title: `${setting} on ${host.slots} slots` });
  return [one('auto'), ...host.fixed.map((setting) => one(setting)), one(2 * host.slots, { isAgain: true })];
}
