import { setTimeout as delay } from 'node:timers/promises';
import { spread } from '../statistics.mjs';
import { table, withSpread } from '../table.mjs';
import { tenths, wholes } from './cells.mjs';
import { interleave } from './interleave.mjs';
import { shortRows, writeInput } from './rows.mjs';
import { runOnFakes } from './run-on-fakes.mjs';
import { settledPeak, spanOf, throughputOf } from './throughput.mjs';

const models = ['bench-a'];
const slots = [4, 8, 16];
const allSlots = 28;

/** What keeps a host busy that is asked alone. */
const enough = (count) => 1.5 * count;

/** A call takes long enough for the client not to be the limit. */
const serverOf = (count) => ({ models, slots: count, loadMs: 200, tokens: { from: 8, to: 24 }, tokenMs: 8 });

const defaultRows = 70 * allSlots;
const rowsFor = (count, rows) => Math.ceil((rows * count) / allSlots);

/** By when a run should have found out what its hosts can do. */
const settledAfter = (rows) => Math.ceil(rows / 10);

/** The one that dies, when half of its share is done, and the time until it is back. */
const dying = 1;
const goneMs = 1000;

/** Whether three hosts together do what they do alone, and no row is lost when one of them dies. */
export const hosts = {
  title: 'three hosts of 4, 8 and 16 slots',
  async measure({ subjects, rounds, rows = defaultRows, below }) {
    const ours = subjects.filter(({ isOurs, isControl }) => isOurs && !isControl);
    const inputOf = (count) => writeInput(below, `hosts-${count}`, shortRows(count), models, serverOf(1).tokens);
    const inputs = new Map([...slots, allSlots].map((count) => [count, inputOf(rowsFor(count, rows))]));
    const kinds = ['together', 'together again', 'one dies', ...slots];
    const cases = ours.flatMap((subject) =>
      kinds.map((kind) => ({ subject, kind, title: `${subject.name}, ${kind}` })),
    );
    const figures = await interleave('hosts', rounds, cases, ({ subject, kind }) => {
      const isAlone = slots.includes(kind);
      return runOnFakes(subject, {
        servers: (isAlone ? [kind] : slots).map(serverOf),
        input: inputs.get(isAlone ? kind : allSlots),
        models,
        parallel: isAlone ? enough(kind) : 'auto',
        below,
        ...(kind === 'one dies' && { allow: ['missing'], during: (servers) => dieAndReturn(servers, rows) }),
      });
    });
    return ours.map((subject) => {
      const of = (kind) => figures[cases.findIndex((one) => one.subject === subject && one.kind === kind)];
      const settled = ({ seen, right }) => throughputOf(seen, settledAfter(right));
      const whole = ({ seen, right }) => (1000 * right) / spanOf(seen);
      const alone = (speed, round) => slots.reduce((sum, count) => sum + speed(of(count)[round]), 0);
      const toAlone = (speed, kind) => spread(of(kind).map((run, round) => speed(run) / alone(speed, round)));
      const ofDying = of('one dies');
      return {
        subject: subject.name,
        rows,
        toAlone: toAlone(settled, 'together'),
        controlToAlone: toAlone(settled, 'together again'),
        wholeToAlone: toAlone(whole, 'together'),
        callsPerSecond: spread(of('together').map(settled)),
        aloneCallsPerSecond: slots.map((count) => spread(of(count).map(settled))),
        inFlight: slots.map((_, host) => spread(of('together').map(({ seen }) => peakOf(seen[host])))),
        failed: spread(ofDying.map(({ missing }) => missing)),
        afterReturn: spread(ofDying.map(({ seen }) => seen[dying].ends.length)),
      };
    });
  },
  table: (report) =>
    table(
      [
        'subject',
        'calls/s together ÷ sum of each alone',
        'control',
        'the beginning included',
        'calls/s together',
        `alone, ${slots.join(', ')} slots`,
        'in flight, settled',
        'rows failed when one dies',
        'calls to it behind its return',
      ],
      report.map((one) => [
        one.subject,
        withSpread(one.toAlone),
        withSpread(one.controlToAlone),
        withSpread(one.wholeToAlone),
        tenths(one.callsPerSecond),
        one.aloneCallsPerSecond.map(({ median }) => median.toFixed(1)).join(', '),
        one.inFlight.map(({ median }) => median.toFixed(0)).join(', '),
        wholes(one.failed),
        wholes(one.afterReturn),
      ]),
    ),
};

const peakOf = (seen) => settledPeak(seen, settledAfter(seen.ends.length));

async function dieAndReturn(servers, rows) {
  await servers[dying].until(Math.ceil(rowsFor(slots[dying], rows) / 2));
  await servers[dying].kill();
  await delay(goneMs);
  await servers[dying].restart();
}
