import { expect, test } from '@jest/globals';
import { dueTimes } from '@millrace/server';
import fc from 'fast-check';
import { oracleLine } from './support/oracle-line.ts';
import { type OracleSpell, oracleSpells } from './support/oracle-spells.ts';
import { oracleTimes } from './support/oracle-times.ts';
import { cron } from './support/schedule.ts';
import { hardZones } from './support/zones.ts';

const isLong = process.env.MILLRACE_LONG === '1';
const zones = isLong ? [...Intl.supportedValuesOf('timeZone'), 'UTC'] : hardZones;
const hour = 3_600_000;
const day = 24 * hour;
const lines = [
  '@daily',
  '@hourly',
  '30 1 * * *',
  '30 2 * * *',
  '15 3 1,15 * *',
  '45 23 * * sun',
  '0 2 * * mon-fri',
  '59 23 L * *',
  '10 0 * 3-4,9-11 fri#2',
  '0 0 29 2 *',
  '0 12 13 * fri',
  '*/15 * * * *',
  '*/20 0-3 * * *',
  '30 2,3 * * *',
  '5 */2 * * sat,sun',
];

const tenYears = Array.from({ length: 10 }, (_, index) => 2020 + index);

/** In CI every other line of a zone, each in one of the ten years, drawn by the zone; all of them in the long mode. */
const stretches = (zone: string): readonly { readonly line: string; readonly from: number; readonly to: number }[] => {
  if (isLong) return lines.map((line) => ({ line, from: Date.UTC(2020, 0, 1), to: Date.UTC(2030, 0, 1) }));
  const seed = zones.indexOf(zone);
  const years = fc.sample(fc.constantFrom(...tenYears), { seed, numRuns: lines.length });
  return lines
    .map((line, index) => ({ line, year: years[index] as number }))
    .filter((_, index) => (index + seed) % 2 === 0)
    .map(({ line, year }) => ({ line, from: Date.UTC(year, 0, 1), to: Date.UTC(year + 1, 0, 1) }));
};

test.each(zones)('in %s lines are due at exactly the minutes that a walk through the years finds', (zone) => {
  const sampleMs = isLong ? hour : day;
  const spells = oracleSpells(zone, Date.UTC(2020, 0, 1) - 2 * day, Date.UTC(2030, 0, 1), sampleMs);
  for (const { line, from, to } of stretches(zone)) {
    const expected = oracleTimes(oracleLine(line), within(spells, from - 2 * day, to), from, 60_000);
    expect(differenceOf([...dueTimes(cron(line, { zone }), from, to)], expected)).toBe('');
  }
});

/** The part of some spells that lies in a stretch. */
const within = (spells: readonly OracleSpell[], from: number, to: number): readonly OracleSpell[] =>
  spells
    .filter(({ start, end }) => end > from && start < to)
    .map(({ start, end, offset }) => ({ start: Math.max(start, from), end: Math.min(end, to), offset }));

const history: readonly (readonly [string, string, number, number])[] = [
  ['Pacific/Apia', 'left out 30 December 2011', Date.UTC(2011, 11, 20), Date.UTC(2012, 0, 10)],
  ['Pacific/Kwajalein', 'left out 21 August 1993', Date.UTC(1993, 7, 15), Date.UTC(1993, 7, 30)],
  ['Pacific/Kwajalein', 'had a day almost twice in 1969', Date.UTC(1969, 8, 20), Date.UTC(1969, 9, 10)],
  ['America/St_Johns', 'put its clocks back behind midnight at 0:01', Date.UTC(2006, 2, 1), Date.UTC(2006, 11, 1)],
  ['America/Caracas', 'put its clocks back by half an hour', Date.UTC(2007, 11, 1), Date.UTC(2007, 11, 20)],
  ['Asia/Pyongyang', 'put its clocks forward from 23:30', Date.UTC(2018, 4, 1), Date.UTC(2018, 4, 10)],
];

test.each(history)('%s, which %s, is walked through as well', (zone, _, from, to) => {
  const spells = oracleSpells(zone, from - 2 * day, to, hour);
  for (const line of [...lines, '0 2 30 12 *', '0 0 21 8 *', '0 5 * * *', '* * * * *']) {
    const expected = oracleTimes(oracleLine(line), spells, from, 60_000);
    expect(differenceOf([...dueTimes(cron(line, { zone }), from, to)], expected)).toBe('');
  }
});

/** The first place at which two lists of times are not the same. */
function differenceOf(got: readonly number[], expected: readonly number[]): string {
  const index = got.findIndex((time, at) => time !== expected[at]);
  if (index < 0 && got.length === expected.length) return '';
  const at = index < 0 ? got.length : index;
  const show = (time: number | undefined) => (time === undefined ? 'nothing' : new Date(time).toISOString());
  return `at ${at} there is ${show(got[at])} instead of ${show(expected[at])}`;
}
