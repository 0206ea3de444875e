import { expect, test } from '@jest/globals';
import { dueTimes, missedTimes, nextDue } from '@millrace/server';
import fc from 'fast-check';
import { oracleLine } from './support/oracle-line.ts';
import { oracleSpells } from './support/oracle-spells.ts';
import { oracleTimes } from './support/oracle-times.ts';
import { cron, every } from './support/schedule.ts';
import { hardZones } from './support/zones.ts';

const isLong = process.env.MILLRACE_LONG === '1';
/** The same draws each time in CI, others in each long run: fast-check prints the seed of a failure. */
const runs = (times = 1) => ({ numRuns: times * (isLong ? 2000 : 60), ...(!isLong && { seed: 20270328 }) });
const hour = 3_600_000;
const day = 24 * hour;

const field = (low: number, high: number): fc.Arbitrary<string> => {
  const number = fc.integer({ min: low, max: high });
  const range = fc.tuple(number, number).map((pair) => pair.sort((a, b) => a - b).join('-'));
  const step = fc.integer({ min: 1, max: Math.min(30, high) });
  const part = fc.oneof(
    number.map(String),
    range,
    fc.tuple(range, step).map((pair) => pair.join('/')),
  );
  return fc.oneof(
    { weight: 3, arbitrary: number.map(String) },
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: step.map((count) => `*/${count}`) },
    { weight: 1, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')) },
  );
};
const days = fc.oneof(
  { weight: 4, arbitrary: fc.constant('* * *') },
  fc.constantFrom('* * sat,sun', '25-31 3,10 *', 'L * *', '1 * mon', '* * sun#1', '29 2 *'),
);
/** Lines that are often due in the small hours, where clocks are changed. */
const hours = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }).map(String) }, field(0, 23));
const lines = fc
  .tuple(fc.option(field(0, 59), { nil: undefined, freq: 3 }), field(0, 59), hours, days)
  .map((fields) => fields.filter((one) => one !== undefined).join(' '));

/** A zone, and an instant at which its clock is changed. */
const changes = fc.constantFrom(
  ...hardZones.flatMap((zone) =>
    oracleSpells(zone, Date.UTC(2020, 0, 1), Date.UTC(2030, 0, 1), day)
      .slice(1)
      .map(({ start }) => ({ zone, change: start })),
  ),
);
const near = fc.integer({ min: -2 * day, max: day });

test('random lines of five and six fields are due at exactly the seconds around a change that a walk finds', () => {
  fc.assert(
    fc.property(lines, changes, (line, { zone, change }) => {
      const [from, to] = [change - hour * 5, change + hour * 27];
      const expected = oracleTimes(oracleLine(line), oracleSpells(zone, from - 2 * day, to, hour), from, 1000);
      expect([...dueTimes(cron(line, { zone }), from, to)]).toEqual(expected);
    }),
    runs(),
  );
});

const schedules = fc.oneof(
  lines.map((line) => cron(line)),
  fc
    .tuple(fc.integer({ min: 60_000, max: day }), fc.option(fc.constant('2025-01-01'), { nil: undefined }))
    .map(([everyMs, start]) => every(everyMs, { ...(start !== undefined && { start }) })),
);

test('a stretch that is cut anywhere has the times of the whole', () => {
  fc.assert(
    fc.property(schedules, changes, fc.array(near, { minLength: 1, maxLength: 6 }), (one, { zone, change }, at) => {
      const zoned = { ...one, zone };
      const [from, to] = [change - 2 * day, change + day];
      const marks = [from, ...at.map((offset) => change + offset).sort((a, b) => a - b), to];
      const pieces = marks.slice(1).flatMap((end, index) => [...dueTimes(zoned, marks[index] as number, end)]);
      const whole = [...dueTimes(zoned, from, to)];
      expect(pieces).toEqual(whole);
      expect(whole.every((time, index) => index === 0 || time > (whole[index - 1] as number))).toBe(true);
    }),
    runs(2),
  );
});

test('step by step nextDue goes through the same times', () => {
  fc.assert(
    fc.property(schedules, changes, near, (one, { zone, change }, offset) => {
      const zoned = { ...one, zone };
      let after = change + offset;
      for (const [index, due] of [...dueTimes(zoned, after + 1, change + 2 * day)].entries()) {
        if (index === 40) break;
        expect(nextDue(zoned, after)).toBe(due);
        after = due;
      }
    }),
    runs(),
  );
});

test('a clock that jumps a day forward or an hour back between looks loses and doubles nothing', () => {
  const looks = fc.array(
    fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 3 * hour }) }, fc.constantFrom(day, -hour, 0)),
    { minLength: 1, maxLength: 30 },
  );
  const quarterly = { ...cron('*/15 0-5,20-23 * * *'), missed: { run: 'all' } } as const;
  fc.assert(
    fc.property(fc.oneof(fc.constant(quarterly), schedules), changes, looks, (one, { zone, change }, steps) => {
      const zoned = { ...one, zone, missed: { run: 'all' as const } };
      const begin = change - day;
      const started: number[] = [];
      // Nothing has been looked at yet: where the clock is put back at once, `begin` itself is never seen.
      let [now, latest, last] = [begin, begin - 1, begin - 1];
      for (const step of steps) {
        now += step;
        latest = Math.max(latest, now);
        // What a daemon does when it looks at its clock: what was missed, then what is due at this moment.
        for (const due of missedTimes(zoned, last, now)) {
          started.push(due);
          last = due;
        }
        if (nextDue(zoned, Math.max(last, now - 1)) === now) {
          started.push(now);
          last = now;
        }
      }
      expect(started).toEqual([...dueTimes(zoned, begin, latest + 1)]);
    }),
    runs(),
  );
});
